//! Who is in the demo.

use std::net::{IpAddr, Ipv4Addr};

use crate::account::lifecycle;
use crate::account::model::{Account, Role};
use crate::account::password::{self, Password};
use crate::audit::event::Actor;
use crate::clock::Instant;
use crate::db::Connection;
use crate::demo::keys::Sample;
use crate::error::Error;
use crate::id::Id;

/// What all of them log in with.
pub const PASSWORD: &str = "open the demo door";

/// One of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The admin.
    Mira,
    /// A member.
    Jonas,
    /// Another.
    Aiko,
}

impl Who {
    /// All of them, the admin first.
    pub const ALL: [Self; 3] = [Self::Mira, Self::Jonas, Self::Aiko];

    /// What the person logs in with.
    #[must_use]
    pub const fn email(self) -> &'static str {
        match self {
            Self::Mira => "mira@example.com",
            Self::Jonas => "jonas@example.com",
            Self::Aiko => "aiko@example.com",
        }
    }

    /// What the person may do.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::Mira => Role::Admin,
            Self::Jonas | Self::Aiko => Role::Member,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Mira => "Mira Okafor",
            Self::Jonas => "Jonas Lindqvist",
            Self::Aiko => "Aiko Tanaka",
        }
    }

    /// Days ago at which the person came.
    const fn joined(self) -> i64 {
        match self {
            Self::Mira => 240,
            Self::Jonas => 236,
            Self::Aiko => 232,
        }
    }

    /// Out of a network that documentation may use (RFC 5737).
    const fn address(self) -> IpAddr {
        let host = match self {
            Self::Mira => 21,
            Self::Jonas => 34,
            Self::Aiko => 55,
        };
        IpAddr::V4(Ipv4Addr::new(203, 0, 113, host))
    }
}

/// The accounts of all of them.
pub(super) struct Accounts {
    mira: Account,
    jonas: Account,
    aiko: Account,
}

impl Accounts {
    pub(super) fn of(&self, who: Who) -> &Account {
        match who {
            Who::Mira => &self.mira,
            Who::Jonas => &self.jonas,
            Who::Aiko => &self.aiko,
        }
    }

    /// The person at the dashboard.
    pub(super) fn actor(&self, who: Who) -> Actor {
        let account = self.of(who);
        Actor::user(account.id, &account.name, None).at(who.address(), Id::new().as_str())
    }

    /// The person's key of the demo, wherever it is used from.
    pub(super) fn key(&self, sample: &Sample, id: Id) -> Actor {
        let owner = self.of(sample.owner);
        let actor = Actor::key(owner.id, &owner.name, id);
        match sample.traffic.address.parse() {
            Ok(address) => actor.at(address, Id::new().as_str()),
            Err(_) => actor,
        }
    }

    /// Somebody at the person's desk who is not yet known.
    pub(super) fn stranger(who: Who) -> Actor {
        Actor::nobody().at(who.address(), Id::new().as_str())
    }
}

/// The admin sets the installation up and makes the others' accounts.
pub(super) fn join(connection: &mut Connection, now: Instant) -> Result<Accounts, Error> {
    let mira = {
        let actor = Accounts::stranger(Who::Mira);
        let (person, hash) = person(Who::Mira)?;
        let at = now.plus_days(-Who::Mira.joined());
        lifecycle::set_up(connection, &person, hash, &actor, at)?
    };
    let mut invite = |who: Who| {
        let actor =
            Actor::user(mira.id, &mira.name, None).at(Who::Mira.address(), Id::new().as_str());
        let (person, hash) = person(who)?;
        let at = now.plus_days(-who.joined());
        lifecycle::create(connection, &person, who.role(), hash, &actor, at)
    };
    Ok(Accounts {
        jonas: invite(Who::Jonas)?,
        aiko: invite(Who::Aiko)?,
        mira,
    })
}

fn person(who: Who) -> Result<(lifecycle::Person, String), Error> {
    let password = Password::from(PASSWORD.to_owned());
    let person = lifecycle::check_person(who.name(), who.email(), &password, password::SHORTEST)?;
    Ok((person, password::hash(&password)?))
}
