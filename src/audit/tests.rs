//! A log under attack: whatever is done to it without the key is found, and a log that nobody
//! touched is found right.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use crate::audit::chain::{Broken, Link, Walk, Why};
use crate::audit::checkpoint::Checkpoint;
use crate::audit::event::{Action, Actor, Event};
use crate::audit::export::{Lines, write_head, write_row};
use crate::audit::key::AuditKey;
use crate::audit::model::Row;
use crate::audit::verify::Verification;
use crate::clock::Instant;
use crate::id::Id;
use crate::secret_key::SecretKey;

/// Events of a log that each commit attacks.
const EVENTS: usize = 40;
/// Attacks on it.
const ATTACKS: u64 = 2_000;

fn key(byte: u8) -> AuditKey {
    AuditKey::of(&SecretKey::from_base64(&STANDARD.encode([byte; 32])).unwrap())
}

/// A log of so many events, and its head.
fn log(events: usize) -> (Vec<Row>, Link) {
    let mut walk = Walk::after(Link::START, key(7));
    let people = [(Id::new(), "Mira"), (Id::new(), "Ravi, of Ops")];
    let now = Instant::parse("2026-11-24T12:00:00Z").unwrap();
    let event = |number: usize| {
        let (id, name) = people[number % 2];
        let actor = match number % 5 {
            0 => Actor::command_line(),
            1 => Actor::nobody().at("10.0.4.17".parse().unwrap(), "r1"),
            _ => Actor::user(id, name, Some(Id::new())).at("::1".parse().unwrap(), "r2"),
        };
        let at = now.plus_seconds(i64::try_from(number).unwrap());
        let detail = json!({ "before": { "name": "é\u{1b}\n" }, "after": { "name": number } });
        let subject = (!number.is_multiple_of(3)).then(Id::new);
        match number % 7 {
            0 => Event::denied(&actor, Action::Request, subject, None, &detail, at),
            _ => Event::done(&actor, Action::TokenChange, subject, Some(id), &detail, at),
        }
    };
    let rows = (0..events).map(|number| Row::sealed(event(number), &mut walk));
    let rows: Vec<Row> = rows.collect();
    (rows, walk.last())
}

fn verify(rows: &[Row], head: Link, seen: &[Checkpoint]) -> Result<Link, Broken> {
    let mut verification = Verification::after(Link::START, key(7), seen.to_vec());
    for row in rows {
        verification.take(&row.fields(), &row.mac)?;
    }
    verification.end(head)
}

fn exported(rows: &[Row], head: Link) -> Vec<u8> {
    let mut file = Vec::new();
    for row in rows {
        write_row(row, &mut file);
    }
    write_head(head, &mut file);
    file
}

fn verify_file(file: &[u8], seen: &[Checkpoint]) -> Result<Link, Broken> {
    let mut lines = Lines::new(Verification::after(Link::START, key(7), seen.to_vec()));
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        lines.take(line)?;
    }
    lines.end()
}

fn checkpoint(rows: &[Row], number: usize) -> Checkpoint {
    let row = &rows[number - 1];
    Checkpoint {
        link: Link {
            number: row.number,
            mac: row.mac.as_slice().try_into().unwrap(),
        },
        at: Instant::from_micros(row.at),
    }
}

/// Changes one thing of a row to another.
fn edit(row: &mut Row, random: &mut StdRng) {
    let text = |text: &mut String, random: &mut StdRng| {
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
        match (random.random_range(0..3), places.as_slice()) {
            (0, [.., last]) => text.truncate(*last),
            (1, [_, ..]) => {
                let place = places[random.random_range(0..places.len())];
                let old = text.remove(place);
                text.insert(place, if old == 'x' { 'y' } else { 'x' });
            }
            _ => text.push('x'),
        }
    };
    let maybe = |value: &mut Option<String>, random: &mut StdRng| match value {
        Some(_) if random.random_bool(0.5) => *value = None,
        Some(inner) => text(inner, random),
        // That there is nothing is not the same as that there is an empty text.
        None => *value = Some(String::new()),
    };
    match random.random_range(0..17) {
        0 => row.number += random.random_range(1..9),
        1 => row.at += 1,
        2 => text(&mut row.id, random),
        3 => text(&mut row.actor_kind, random),
        4 => maybe(&mut row.actor_id, random),
        5 => text(&mut row.actor_name, random),
        6 => maybe(&mut row.session_id, random),
        7 => maybe(&mut row.token_id, random),
        8 => maybe(&mut row.address, random),
        9 => maybe(&mut row.request_id, random),
        10 => text(&mut row.action, random),
        11 => text(&mut row.subject_kind, random),
        12 => maybe(&mut row.subject_id, random),
        13 => maybe(&mut row.account_id, random),
        14 => text(&mut row.result, random),
        15 => text(&mut row.detail, random),
        _ => {
            let bit = random.random_range(0..256);
            row.mac[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

/// Does one thing to a log, and gives the head that the attacker leaves.
fn attack(rows: &mut Vec<Row>, head: Link, random: &mut StdRng) -> Link {
    let any = random.random_range(0..rows.len());
    match random.random_range(0..6) {
        0 | 1 => edit(&mut rows[any], random),
        2 => {
            rows.remove(any);
            if random.random_bool(0.5) {
                // And the others close ranks.
                for (place, row) in rows.iter_mut().enumerate() {
                    row.number = i64::try_from(place).unwrap() + 1;
                }
            }
        }
        3 => {
            let other = (any + random.random_range(1..rows.len())) % rows.len();
            rows.swap(any, other);
            if random.random_bool(0.5) {
                // Each in the other's place, to the number.
                let number = rows[any].number;
                rows[any].number = rows[other].number;
                rows[other].number = number;
            }
        }
        4 => {
            let mut row = rows[random.random_range(0..rows.len())].clone();
            if random.random_bool(0.5) {
                row.number = rows[any].number;
            }
            rows.insert(any, row);
        }
        _ => {
            rows.truncate(any);
            // The head goes with the rest: the checkpoint alone has seen more.
            let last = rows.last();
            return last.map_or(Link::START, |row| Link {
                number: row.number,
                mac: row.mac.as_slice().try_into().unwrap(),
            });
        }
    }
    head
}

#[test]
fn a_log_that_nobody_touched_is_right_and_an_attacked_one_is_not() {
    let (rows, head) = log(EVENTS);
    let seen = [checkpoint(&rows, 10), checkpoint(&rows, EVENTS)];
    assert_eq!(verify(&rows, head, &seen), Ok(head));
    assert_eq!(verify_file(&exported(&rows, head), &seen), Ok(head));
    for seed in 0..ATTACKS {
        let random = &mut StdRng::seed_from_u64(seed);
        let mut attacked = rows.clone();
        let left = attack(&mut attacked, head, random);
        let found = verify(&attacked, left, &seen);
        assert!(found.is_err(), "attack {seed} is not found");
        let file = exported(&attacked, left);
        // A number or a time that no file can hold makes another line, which is found as well.
        assert!(
            verify_file(&file, &seen).is_err(),
            "attack {seed} on a file"
        );
    }
}

#[test]
fn the_first_event_that_is_not_as_it_was_is_named() {
    let (rows, head) = log(20);
    let number = |rows: &[Row], head| verify(rows, head, &[]).unwrap_err().number;
    let mut edited = rows.clone();
    edited[4].detail.push(' ');
    edited[9].detail.push(' ');
    assert_eq!(number(&edited, head), 5);
    let mut removed = rows.clone();
    removed.remove(6);
    assert_eq!(number(&removed, head), 7);
    let cut = &rows[..12];
    assert_eq!(number(cut, head), 13);
    assert_eq!(verify(cut, head, &[]).unwrap_err().why, Why::CutOff(20));
    assert_eq!(verify(&[], Link::START, &[]), Ok(Link::START));
}

#[test]
fn a_log_of_another_key_or_a_replaced_one_is_found() {
    let (rows, head) = log(30);
    let mut other = Verification::after(Link::START, key(8), Vec::new());
    let found = other.take(&rows[0].fields(), &rows[0].mac);
    assert_eq!(found, Err(Broken::at(1, Why::Changed)));
    // Whoever has the key can write another log: what was noted elsewhere tells.
    let (replaced, new_head) = log(30);
    assert_eq!(verify(&replaced, new_head, &[]), Ok(new_head));
    let found = verify(&replaced, new_head, &[checkpoint(&rows, 10)]);
    assert_eq!(found, Err(Broken::at(10, Why::NotTheCheckpoint)));
    assert_ne!(head, new_head);
}

#[test]
fn a_checkpoint_is_worth_its_signature() {
    let (rows, _) = log(5);
    let line = checkpoint(&rows, 5).line(&key(7));
    assert_eq!(
        Checkpoint::read(line.as_bytes(), &key(7)),
        Ok(checkpoint(&rows, 5))
    );
    assert!(Checkpoint::read(line.as_bytes(), &key(8)).is_err());
    for place in 0..line.len() {
        let mut changed = line.clone().into_bytes();
        changed[place] = if changed[place] == b'1' { b'2' } else { b'1' };
        assert!(Checkpoint::read(&changed, &key(7)).is_err(), "byte {place}");
    }
}

#[test]
fn any_bytes_in_place_of_a_file_end_in_a_finding() {
    let (rows, head) = log(8);
    let file = exported(&rows, head);
    for seed in 0..4_000 {
        let random = &mut StdRng::seed_from_u64(seed);
        let mut bytes = file.clone();
        match random.random_range(0..4) {
            0 => {
                let place = random.random_range(0..bytes.len());
                bytes[place] ^= 1 << random.random_range(0..8);
            }
            1 => bytes.truncate(random.random_range(0..bytes.len())),
            2 => {
                let (from, to) = (
                    random.random_range(0..bytes.len()),
                    random.random_range(0..bytes.len()),
                );
                let piece = bytes[from.min(to)..from.max(to)].to_vec();
                let place = random.random_range(0..bytes.len());
                bytes.splice(place..place, piece);
            }
            _ => bytes.fill_with(|| random.random()),
        }
        let outcome = verify_file(&bytes, &[]);
        // What still says the same is right, as with a space between two fields.
        assert!(outcome.is_err() || says_the_same(&bytes, &file), "{seed}");
    }
    for nothing in [
        &b""[..],
        b"\n",
        b"{}",
        b"null\n",
        b"[[[[[[",
        b"{\"head\"",
        &[0xff; 64],
    ] {
        assert!(verify_file(nothing, &[]).is_err());
    }
}

/// Whether two files are the same lines of JSON, and text after the last is but its end.
fn says_the_same(one: &[u8], other: &[u8]) -> bool {
    let read = |bytes: &[u8]| -> Option<Vec<serde_json::Value>> {
        let lines = bytes.split(|byte| *byte == b'\n');
        let lines = lines.filter(|line| !line.is_empty());
        lines
            .map(|line| serde_json::from_slice(line).ok())
            .collect()
    };
    read(one).is_some_and(|lines| read(other) == Some(lines))
}
