//! `/…` of the JSON API, a module a path.

mod errors;
mod health;
mod projects;
mod token;
mod tokens;
