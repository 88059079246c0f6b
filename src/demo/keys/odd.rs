//! Keys whose names try what pages and terminals do with names.

use super::{PLAIN, Sample, Traffic, UNUSED};

pub(super) const SAMPLES: [Sample; 5] = [
    Sample {
        name: "Deploy 🚀 to the moon 👩‍🚀",
        environment: "development",
        made: 20,
        traffic: Traffic {
            daily: (14, 2),
            quiet: Some(130),
            ..UNUSED
        },
        ..PLAIN
    },
    Sample {
        name: "مفتاح الإنتاج للمتجر",
        environment: "production",
        made: 52,
        traffic: Traffic {
            address: "10.0.4.30",
            daily: (96, 60),
            quiet: Some(9),
            ..UNUSED
        },
        ..PLAIN
    },
    Sample {
        name: "東京本社の夜間売上集計を取引先へ送る鍵・東京本社の夜間売上集計を取引先へ送る鍵・\
               東京本社の夜間売上集計を取引先へ送る鍵・東京本社の夜間売上集計を取引先へ送る鍵・\
               東京本社の夜間売上集計を取引先へ送る鍵・",
        environment: "production",
        made: 26,
        traffic: Traffic {
            address: "10.0.12.5",
            daily: (48, 48),
            quiet: Some(40),
            ..UNUSED
        },
        ..PLAIN
    },
    Sample {
        name: "<script>alert(\"key\")</script>",
        note: "</textarea><b>Not bold</b> & so on",
        made: 16,
        life: Some(365),
        traffic: Traffic {
            daily: (7, 1),
            quiet: Some(55),
            ..UNUSED
        },
        ..PLAIN
    },
    Sample {
        name: "O'Brien's \"blue\" key \\ 100 % `x`; DROP TABLE tokens;--",
        made: 9,
        life: Some(30),
        ..PLAIN
    },
];
