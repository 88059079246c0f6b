//! `/…` of the JSON API, a module a path.

mod audit;
mod errors;
mod fast_path;
mod gateway;
mod health;
mod pause;
mod projects;
mod rotation;
mod token;
mod tokens;
