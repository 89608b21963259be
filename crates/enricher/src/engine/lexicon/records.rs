//! What is known about named things: the name they are known by, their country and their ids.

use prefetch_index::prefetch_index;

use super::Class;

/// The number of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u32);

/// What is known about a named thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The name it is known by.
    pub name: &'a str,
    /// What it is.
    pub class: Class,
    /// ISO 3166-1 alpha-2 code of its country.
    pub country: Option<&'a str>,
    /// GeoNames id.
    pub geonames: Option<u32>,
    /// Wikidata item, without the Q.
    pub wikidata: Option<u32>,
    /// ISO 3166-2 code, or 3166-1 for a country.
    pub iso: Option<&'a str>,
    /// Inhabitants, where they are known; 0 otherwise.
    pub population: u32,
}

/// The records, 24 bytes each, and the names they point to.
#[derive(Debug, Clone, Copy)]
pub struct Records<'a> {
    rows: &'a [u8],
    names: &'a [u8],
}

const ROW: usize = 24;

impl<'a> Records<'a> {
    pub(super) fn new(rows: &'a [u8], names: &'a [u8]) -> Self {
        Self { rows, names }
    }

    /// Asks for the memory that [`get`](Self::get) will read.
    #[inline]
    pub fn prefetch(&self, id: RecordId) {
        prefetch_index(self.rows, id.0 as usize * ROW);
    }

    /// Returns a record.
    pub fn get(&self, id: RecordId) -> Option<Record<'a>> {
        let at = id.0 as usize * ROW;
        let row = self.rows.get(at..at + ROW)?;
        let number = |at: usize| u32::from_le_bytes([row[at], row[at + 1], row[at + 2], row[at + 3]]);
        let known = |number: u32| (number != 0).then_some(number);
        let start = number(0) as usize;
        let name = std::str::from_utf8(self.names.get(start..start + row[4] as usize)?).ok()?;
        Some(Record {
            name,
            class: *Class::ALL.get(row[5] as usize)?,
            country: code(&row[6..8]),
            geonames: known(number(8)),
            wikidata: known(number(12)),
            population: number(16),
            iso: if row[20] == 0 { None } else { self.iso(row, start) },
        })
    }

    /// The ISO code stands behind the name.
    fn iso(&self, row: &[u8], start: usize) -> Option<&'a str> {
        let start = start + row[4] as usize;
        std::str::from_utf8(self.names.get(start..start + row[20] as usize)?).ok()
    }

    /// Compiles records: the sections of rows and names.
    pub fn compile(records: &[Record<'_>]) -> (Vec<u8>, Vec<u8>) {
        let (mut rows, mut names) = (Vec::new(), Vec::new());
        for record in records {
            let mut row = [0; ROW];
            row[0..4].copy_from_slice(&(names.len() as u32).to_le_bytes());
            row[4] = u8::try_from(record.name.len()).unwrap_or(u8::MAX);
            row[5] = record.class as u8;
            if let Some([first, second]) = record.country.map(str::as_bytes) {
                row[6..8].copy_from_slice(&[*first, *second]);
            }
            row[8..12].copy_from_slice(&record.geonames.unwrap_or(0).to_le_bytes());
            row[12..16].copy_from_slice(&record.wikidata.unwrap_or(0).to_le_bytes());
            row[16..20].copy_from_slice(&record.population.to_le_bytes());
            row[20] = record.iso.map_or(0, |iso| iso.len() as u8);
            rows.extend(row);
            names.extend(&record.name.as_bytes()[..row[4] as usize]);
            names.extend(record.iso.unwrap_or("").as_bytes());
        }
        (rows, names)
    }
}

fn code(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes)
        .ok()
        .filter(|code| code.as_bytes()[0] != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_as_they_went_in() {
        let country = Record {
            name: "Pakistan",
            class: Class::Country,
            country: Some("PK"),
            geonames: Some(1_168_579),
            wikidata: Some(843),
            iso: Some("PK"),
            population: 212_215_030,
        };
        let group = Record {
            name: "Red Dawn Front",
            class: Class::ArmedGroup,
            country: None,
            geonames: None,
            wikidata: None,
            iso: None,
            population: 0,
        };
        let (rows, names) = Records::compile(&[country, group]);
        let records = Records::new(&rows, &names);
        assert_eq!(records.get(RecordId(0)), Some(country));
        assert_eq!(records.get(RecordId(1)), Some(group));
        assert_eq!(records.get(RecordId(2)), None);
    }
}
