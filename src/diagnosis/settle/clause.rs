//! What is wrong with one thing in several places, in one clause.

use crate::diagnosis::words;

/// How many words may differ between two details that are told as one.
const DIFFERENT: usize = 4;

/// Details that differ in one place alone, as one each: with a list in that place.
pub fn joined(details: &[String]) -> Vec<String> {
    let mut groups: Vec<Vec<Vec<&str>>> = Vec::new();
    for detail in details {
        let detail: Vec<&str> = detail.trim_end_matches('.').split(' ').collect();
        let fits = groups
            .iter()
            .position(|group| place(&[group.as_slice(), std::slice::from_ref(&detail)].concat()).is_some());
        match fits {
            Some(at) => groups[at].push(detail),
            None => groups.push(vec![detail]),
        }
    }
    groups.iter().map(|group| told(group)).collect()
}

/// Where alone some details differ: after how many words, and before how many.
fn place(details: &[Vec<&str>]) -> Option<(usize, usize)> {
    let (first, rest) = details.split_first()?;
    let same = |at: usize| rest.iter().all(|other| other.get(at) == first.get(at));
    if rest.iter().any(|other| other.len() != first.len()) {
        return None;
    }
    let before = (0..first.len()).take_while(|at| same(*at)).count();
    let after = (before..first.len()).rev().take_while(|at| same(*at)).count();
    let differ = first.len() - before - after;
    // A rule's number belongs to what that rule says.
    let is_number = before.checked_sub(1).is_some_and(|last| first[last] == "rule");
    (before > 0 && !is_number && differ <= DIFFERENT && before + after >= differ).then_some((before, after))
}

fn told(details: &[Vec<&str>]) -> String {
    let first = &details[0];
    let Some((before, after)) = place(details).filter(|_| details.len() > 1) else { return first.join(" ") };
    let middle = |detail: &Vec<&str>| detail[before..detail.len() - after].join(" ");
    let stop = middle(first).chars().next_back().filter(|last| matches!(last, ',' | ';'));
    let items = details.iter().map(|detail| middle(detail).trim_end_matches([',', ';']).to_owned());
    let list = format!("{}{}", words::list(items), stop.map(String::from).unwrap_or_default());
    let words = first[..before].iter().copied().chain([list.as_str()]);
    words.chain(first[first.len() - after..].iter().copied()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn what_differs_in_one_place_is_one_clause() {
        let table: [(&[&str], &[&str]); 6] = [
            (&[], &[]),
            (&["sg-1 has no rule."], &["sg-1 has no rule"]),
            (
                &[
                    "sg-1 of vpce-1 has no rule for 443",
                    "sg-1 of vpce-2 has no rule for 443",
                    "sg-1 of vpce-3 has no rule for 443",
                ],
                &["sg-1 of vpce-1, vpce-2 and vpce-3 has no rule for 443"],
            ),
            (
                &[
                    "sg-0 has no rule for 443 to 10.0.1.5 (vpce-1) or sg-1",
                    "sg-0 has no rule for 443 to 10.0.2.5 (vpce-1) or sg-1",
                    "sg-0 has no rule for 443 to 10.0.1.6 (vpce-2) or sg-1",
                    "sg-0 has no rule for 443 to 52.219.4.10",
                ],
                &[
                    "sg-0 has no rule for 443 to 10.0.1.5 (vpce-1), 10.0.2.5 (vpce-1) and 10.0.1.6 (vpce-2) or sg-1",
                    "sg-0 has no rule for 443 to 52.219.4.10",
                ],
            ),
            (
                &[
                    "vpc-1 has no endpoint for s3, and rtb-1 has no route to 1.2.3.4",
                    "vpc-1 has no endpoint for s3, and rtb-1 has no route to 1.2.3.5",
                ],
                &["vpc-1 has no endpoint for s3, and rtb-1 has no route to 1.2.3.4 and 1.2.3.5"],
            ),
            (
                &["ACL acl-1 rule 90 denies 443 inbound", "ACL acl-1 rule 91 denies 443 inbound"],
                &["ACL acl-1 rule 90 denies 443 inbound", "ACL acl-1 rule 91 denies 443 inbound"],
            ),
        ];
        for (details, expected) in table {
            let details: Vec<String> = details.iter().map(|detail| (*detail).to_owned()).collect();
            assert_eq!(joined(&details), expected, "{details:?}");
        }
    }
}
