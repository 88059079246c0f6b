//! The projects of the demo.

use crate::demo::people::Who;

/// A project of the demo. Days lie before the demo begins.
#[derive(Clone, Copy)]
pub(super) struct Sample {
    pub(super) owner: Who,
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// The day it was created.
    pub(super) made: i64,
    /// The key that created it, where no person did.
    pub(super) by: Option<&'static str>,
    /// The day its description was last changed.
    pub(super) changed: Option<i64>,
}

/// All of them.
pub(super) const SAMPLES: [Sample; 11] = [
    Sample {
        owner: Who::Mira,
        name: "Shop",
        description: "Catalogue, baskets and orders.",
        made: 209,
        by: None,
        changed: Some(31),
    },
    Sample {
        owner: Who::Mira,
        name: "Payments",
        description: "Invoices and refunds. Changes need a second pair of eyes.",
        made: 188,
        by: None,
        changed: Some(17),
    },
    Sample {
        owner: Who::Mira,
        name: "Warehouse, old",
        description: "",
        made: 170,
        by: None,
        changed: None,
    },
    Sample {
        owner: Who::Mira,
        name: "docs.example.com",
        description: "Built by the pipeline from the main branch.",
        made: 61,
        by: Some("CI/CD Pipeline"),
        changed: Some(6),
    },
    Sample {
        owner: Who::Mira,
        name: "夜間売上集計",
        description: "東京本社の夜間の売上を集計します。",
        made: 25,
        by: Some("Production API"),
        changed: None,
    },
    Sample {
        owner: Who::Mira,
        name: "<b>Preview</b> & \"staging\"",
        description: "One line.\nAnother, with a <tag>.",
        made: 8,
        by: None,
        changed: None,
    },
    Sample {
        owner: Who::Jonas,
        name: "Mobile app",
        description: "iOS and Android.",
        made: 120,
        by: None,
        changed: Some(44),
    },
    Sample {
        owner: Who::Jonas,
        name: "Prüfstand",
        description: "Messungen aus München.",
        made: 69,
        by: None,
        changed: None,
    },
    Sample {
        owner: Who::Jonas,
        name: "Sandbox",
        description: "",
        made: 19,
        by: Some("Local development"),
        changed: Some(2),
    },
    Sample {
        owner: Who::Aiko,
        name: "Quarterly reports",
        description: "What goes to the board.",
        made: 130,
        by: None,
        changed: Some(12),
    },
    Sample {
        owner: Who::Aiko,
        name: "Notebook scratch",
        description: "May be deleted at any time.",
        made: 3,
        by: None,
        changed: None,
    },
];
