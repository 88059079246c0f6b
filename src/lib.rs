//! DeskForge gives a product its API keys: a dashboard, a JSON API and an audit trail in one binary.
