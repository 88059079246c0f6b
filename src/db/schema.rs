//! The tables as both migrations make them.

diesel::table! {
    installation (id) {
        id -> Integer,
        secret_key_id -> Nullable<Text>,
        set_up_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    accounts (id) {
        id -> Text,
        kind -> Text,
        name -> Text,
        email -> Nullable<Text>,
        email_canonical -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        role -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        disabled_at -> Nullable<BigInt>,
        purpose -> Text,
        managed_by -> Nullable<Text>,
        last_seen_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    one_time_links (account_id) {
        account_id -> Text,
        digest -> Binary,
        form_digest -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        key_digest -> Binary,
        account_id -> Nullable<Text>,
        state -> Text,
        created_at -> BigInt,
        last_seen_at -> BigInt,
    }
}

diesel::table! {
    throttles (subject) {
        subject -> Text,
        failures -> Integer,
        window_started_at -> BigInt,
    }
}

diesel::table! {
    scopes (name) {
        name -> Text,
        description -> Text,
        created_at -> BigInt,
        retired_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    policies (id) {
        id -> Integer,
        version -> BigInt,
        longest_days -> Nullable<BigInt>,
        allow_never -> Bool,
        default_days -> BigInt,
        most_keys -> Nullable<BigInt>,
        member_scopes -> Nullable<Text>,
        environment_required -> Bool,
        unused_days -> Nullable<BigInt>,
        unused_from -> Nullable<BigInt>,
        shortest_password -> BigInt,
    }
}

diesel::table! {
    tokens (id) {
        id -> Text,
        owner_id -> Text,
        family_id -> Text,
        replaces -> Nullable<Text>,
        replaced_by -> Nullable<Text>,
        name -> Text,
        note -> Text,
        environment -> Text,
        scopes -> Text,
        allowed_cidrs -> Text,
        locations -> Text,
        prefix -> Text,
        last_four -> Text,
        digest -> Binary,
        secret_key_id -> Text,
        created_at -> BigInt,
        created_by -> Text,
        updated_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        paused_at -> Nullable<BigInt>,
        paused_until -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        revoked_by -> Nullable<Text>,
        revoked_reason -> Nullable<Text>,
        deleted_at -> Nullable<BigInt>,
        form_digest -> Nullable<Binary>,
        overlap_seconds -> Nullable<BigInt>,
        used_day -> Integer,
        refused_day -> Integer,
    }
}

diesel::table! {
    renewed_places (token_id, place) {
        token_id -> Text,
        place -> Text,
    }
}

diesel::table! {
    epochs (id) {
        id -> Integer,
        epoch -> BigInt,
    }
}

diesel::table! {
    token_epochs (token_id) {
        token_id -> Text,
        epoch -> BigInt,
    }
}

diesel::table! {
    usage (token_id, day, address, client) {
        token_id -> Text,
        day -> Integer,
        address -> Text,
        client -> Text,
        requests -> BigInt,
        refused_dead -> BigInt,
        refused_address -> BigInt,
        refused_environment -> BigInt,
        refused_scope -> BigInt,
        first_at -> BigInt,
        last_at -> BigInt,
    }
}

diesel::table! {
    usage_journal (id) {
        id -> Text,
        part -> Integer,
        sums -> Binary,
    }
}

diesel::table! {
    last_uses (token_id) {
        token_id -> Text,
        at -> BigInt,
        address -> Text,
        client -> Text,
    }
}

diesel::table! {
    acknowledgements (token_id, kind, what) {
        token_id -> Text,
        kind -> Text,
        what -> Text,
        account_id -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    scope_uses (token_id, scope) {
        token_id -> Text,
        scope -> Text,
        last_day -> Integer,
    }
}

diesel::table! {
    projects (id) {
        id -> Text,
        owner_id -> Text,
        name -> Text,
        description -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    audit_events (number) {
        number -> BigInt,
        id -> Text,
        at -> BigInt,
        actor_kind -> Text,
        actor_id -> Nullable<Text>,
        actor_name -> Text,
        session_id -> Nullable<Text>,
        token_id -> Nullable<Text>,
        address -> Nullable<Text>,
        request_id -> Nullable<Text>,
        action -> Text,
        subject_kind -> Text,
        subject_id -> Nullable<Text>,
        account_id -> Nullable<Text>,
        result -> Text,
        detail -> Text,
        mac -> Binary,
    }
}

diesel::table! {
    audit_head (id) {
        id -> Integer,
        number -> BigInt,
        mac -> Binary,
    }
}

diesel::table! {
    audit_unsealed (id) {
        id -> Text,
        at -> BigInt,
        actor_kind -> Text,
        actor_id -> Nullable<Text>,
        actor_name -> Text,
        session_id -> Nullable<Text>,
        token_id -> Nullable<Text>,
        address -> Nullable<Text>,
        request_id -> Nullable<Text>,
        action -> Text,
        subject_kind -> Text,
        subject_id -> Nullable<Text>,
        account_id -> Nullable<Text>,
        result -> Text,
        detail -> Text,
    }
}

diesel::joinable!(tokens -> accounts (owner_id));
diesel::joinable!(projects -> accounts (owner_id));
diesel::joinable!(sessions -> accounts (account_id));
diesel::joinable!(token_epochs -> tokens (token_id));
diesel::joinable!(usage -> tokens (token_id));
diesel::joinable!(last_uses -> tokens (token_id));
diesel::joinable!(one_time_links -> accounts (account_id));
diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    audit_events,
    audit_head,
    last_uses,
    one_time_links,
    projects,
    scopes,
    sessions,
    token_epochs,
    tokens,
    usage,
);
