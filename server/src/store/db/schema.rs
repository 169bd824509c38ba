//! The tables of both backends, as diesel sees them. What the columns mean stands in the migrations.

diesel::table! {
    server_meta (key) {
        key -> Text,
        value -> Binary,
    }
}

diesel::table! {
    accounts (id) {
        id -> Binary,
        handle -> Text,
        handle_key -> Text,
        password_hash -> Text,
        server_owner -> Bool,
        created_at -> BigInt,
        email -> Text,
        email_key -> Nullable<Text>,
        password_changed_at -> BigInt,
        last_sign_in_at -> BigInt,
    }
}

diesel::table! {
    devices (id) {
        id -> Binary,
        account -> Binary,
        installation -> Binary,
        bundle -> Binary,
        bundle_signature -> Binary,
        name -> Text,
        platform -> Text,
        created_at -> BigInt,
        last_seen -> BigInt,
        local_ip -> Nullable<Text>,
        listener_port -> Nullable<BigInt>,
        last_activity -> BigInt,
        availability -> BigInt,
        shown_last_seen -> BigInt,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Binary,
        account -> Binary,
        installation -> Binary,
        device -> Nullable<Binary>,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        id -> Binary,
        last_used_at -> BigInt,
        end_reason -> Nullable<BigInt>,
    }
}

diesel::table! {
    trusted_installations (account, trust_hash) {
        account -> Binary,
        trust_hash -> Binary,
        installation -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    challenges (id) {
        id -> Binary,
        purpose -> BigInt,
        email -> Text,
        email_key -> Text,
        installation -> Binary,
        account -> Nullable<Binary>,
        room -> Nullable<Binary>,
        invite -> Nullable<Binary>,
        counts -> Bool,
        code_hash -> Text,
        tries_left -> BigInt,
        mails -> BigInt,
        sent_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    outbox (number) {
        number -> BigInt,
        kind -> BigInt,
        purpose -> BigInt,
        address -> Text,
        sealed -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        due_at -> BigInt,
        attempts -> BigInt,
    }
}

diesel::table! {
    tickets (ticket_hash) {
        ticket_hash -> Binary,
        session -> Binary,
        device -> Binary,
        expires_at -> BigInt,
    }
}

diesel::table! {
    rooms (number) {
        number -> BigInt,
        id -> Binary,
        head_seq -> BigInt,
        log_index -> BigInt,
        log_hash -> Binary,
        current_epoch -> BigInt,
        oldest_open_epoch -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    members (room, account) {
        room -> BigInt,
        account -> Binary,
        role -> BigInt,
    }
}

diesel::table! {
    room_devices (number) {
        number -> BigInt,
        room -> BigInt,
        device -> Binary,
        account -> Binary,
        entitled -> Bool,
    }
}

diesel::table! {
    stream (room, seq) {
        room -> BigInt,
        seq -> BigInt,
        received_at -> BigInt,
        log_index -> Nullable<BigInt>,
        sender -> Nullable<BigInt>,
        message_id -> Nullable<Binary>,
        hash -> Binary,
        signature -> Binary,
        signed -> Binary,
        ciphertext -> Nullable<Binary>,
    }
}

diesel::table! {
    envelopes (recipient, epoch, wrapper) {
        recipient -> BigInt,
        epoch -> BigInt,
        wrapper -> BigInt,
        context -> Binary,
        ciphertext -> Binary,
        signature -> Binary,
    }
}

diesel::table! {
    epoch_links (room, epoch) {
        room -> BigInt,
        epoch -> BigInt,
        salt -> Binary,
        ciphertext -> Binary,
    }
}

diesel::table! {
    names (room, hash) {
        room -> BigInt,
        hash -> Binary,
        random -> Binary,
        name -> Text,
    }
}

diesel::table! {
    invites (room, invite) {
        room -> BigInt,
        invite -> Binary,
        uses -> BigInt,
        uses_left -> BigInt,
        expires_at -> BigInt,
        accounts_made -> BigInt,
        sealed_epoch -> Nullable<BigInt>,
        sealed_salt -> Nullable<Binary>,
        sealed_ciphertext -> Nullable<Binary>,
    }
}

diesel::table! {
    positions (room, device) {
        room -> BigInt,
        device -> Binary,
        delivered -> BigInt,
        read -> BigInt,
    }
}

diesel::table! {
    recovery_keys (number) {
        number -> BigInt,
        holder -> Binary,
        signing_key -> Binary,
        recovery_key -> Binary,
        sealed -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    recoveries (room, entry) {
        room -> BigInt,
        entry -> Binary,
        due_at -> BigInt,
    }
}

diesel::table! {
    recovery_requests (room, device) {
        room -> BigInt,
        device -> Binary,
        account -> Binary,
        request -> Binary,
        signature -> Binary,
        name_random -> Binary,
        name -> Text,
        asked_at -> BigInt,
        expires_at -> BigInt,
        announce_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    approvals (device) {
        device -> Binary,
        account -> Binary,
        source -> Text,
        asked_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    recovery_kits (room, signing_key) {
        room -> BigInt,
        signing_key -> Binary,
        sealed -> Binary,
        stored_at -> BigInt,
    }
}

diesel::table! {
    statements (device, said_by) {
        device -> Binary,
        said_by -> Binary,
        account -> Binary,
        statement -> Binary,
        signature -> Binary,
        bundle -> Nullable<Binary>,
        bundle_signature -> Nullable<Binary>,
        name -> Nullable<Text>,
        left_at -> BigInt,
    }
}

diesel::table! {
    unheard_statements (room, device, said_by) {
        room -> BigInt,
        device -> Binary,
        said_by -> Binary,
    }
}

diesel::joinable!(approvals -> devices (device));
diesel::joinable!(sessions -> accounts (account));
diesel::joinable!(sessions -> devices (device));
diesel::joinable!(members -> rooms (room));
diesel::joinable!(room_devices -> rooms (room));
diesel::joinable!(stream -> rooms (room));
diesel::joinable!(envelopes -> room_devices (recipient));
diesel::joinable!(epoch_links -> rooms (room));
diesel::joinable!(names -> rooms (room));
diesel::joinable!(invites -> rooms (room));
diesel::joinable!(positions -> rooms (room));
diesel::joinable!(recoveries -> rooms (room));
diesel::joinable!(recovery_requests -> rooms (room));
diesel::joinable!(recovery_requests -> devices (device));
diesel::joinable!(recovery_kits -> rooms (room));
diesel::joinable!(unheard_statements -> rooms (room));

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    devices,
    sessions,
    rooms,
    members,
    room_devices,
    stream,
    envelopes,
    epoch_links,
    names,
    invites,
    positions,
    recoveries,
    recovery_requests,
    recovery_kits,
    approvals,
    statements,
    unheard_statements,
);
