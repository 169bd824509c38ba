use std::collections::{BTreeMap, BTreeSet};

use proptest::{
    collection::vec,
    prelude::{Strategy, any, prop_assert_eq, prop_oneof, proptest},
};

use super::*;
use crate::protocol::codec;

#[derive(Clone, Debug)]
enum Step {
    Insert(u8, u16),
    Remove(u8),
    Raise(u8, u16),
    Change(u8),
    PopFirst,
    PopLast,
    Retain(u8),
    Extract(u8),
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (any::<u8>(), any::<u16>()).prop_map(|(key, value)| Step::Insert(key, value)),
        4 => (any::<u8>(), any::<u16>()).prop_map(|(key, value)| Step::Raise(key, value)),
        4 => any::<u8>().prop_map(Step::Remove),
        4 => any::<u8>().prop_map(Step::Change),
        1 => any::<u8>().prop_map(|_| Step::PopFirst),
        1 => any::<u8>().prop_map(|_| Step::PopLast),
        1 => any::<u8>().prop_map(Step::Retain),
        1 => any::<u8>().prop_map(Step::Extract),
        1 => any::<u8>().prop_map(|_| Step::Clear),
    ]
}

proptest! {
    #[test]
    fn a_map_does_what_the_tree_does(steps in vec(step(), 0..200)) {
        let (mut map, mut tree) = (SortedMap::new(), BTreeMap::new());
        for step in steps {
            match step {
                Step::Insert(key, value) => prop_assert_eq!(map.insert(key, value), tree.insert(key, value)),
                Step::Remove(key) => prop_assert_eq!(map.remove(&key), tree.remove(&key)),
                Step::Raise(key, by) => {
                    let (here, there) = (map.entry(key).or_default(), tree.entry(key).or_default());
                    (*here, *there) = (here.wrapping_add(by), there.wrapping_add(by));
                }
                Step::Change(key) => {
                    prop_assert_eq!(map.contains_key(&key), tree.contains_key(&key));
                    prop_assert_eq!(map.get_mut(&key).map(|value| *value ^= 1), tree.get_mut(&key).map(|value| *value ^= 1));
                    prop_assert_eq!(map.get(&key), tree.get(&key));
                }
                Step::PopFirst => prop_assert_eq!(map.pop_first(), tree.pop_first()),
                Step::PopLast => prop_assert_eq!(map.pop_last(), tree.pop_last()),
                Step::Retain(up_to) => {
                    map.retain(|key, _| *key <= up_to);
                    tree.retain(|key, _| *key <= up_to);
                }
                Step::Extract(from) => {
                    let gone: Vec<_> = map.extract_if(|key, _| *key >= from).collect();
                    prop_assert_eq!(gone, tree.extract_if(.., |key, _| *key >= from).collect::<Vec<_>>());
                }
                Step::Clear => {
                    map.clear();
                    tree.clear();
                }
            }
            prop_assert_eq!((map.len(), map.is_empty()), (tree.len(), tree.is_empty()));
            prop_assert_eq!((map.first_key_value(), map.last_key_value()), (tree.first_key_value(), tree.last_key_value()));
            prop_assert_eq!(map.iter().collect::<Vec<_>>(), tree.iter().collect::<Vec<_>>());
        }
        map.iter_mut().for_each(|(_, value)| *value ^= 2);
        map.values_mut().for_each(|value| *value /= 2);
        tree.values_mut().for_each(|value| *value = (*value ^ 2) / 2);
        prop_assert_eq!(map.keys().collect::<Vec<_>>(), tree.keys().collect::<Vec<_>>());
        prop_assert_eq!(map.values().collect::<Vec<_>>(), tree.values().collect::<Vec<_>>());
        prop_assert_eq!(map.clone().into_keys().collect::<Vec<_>>(), tree.clone().into_keys().collect::<Vec<_>>());
        prop_assert_eq!(map.clone().into_values().collect::<Vec<_>>(), tree.clone().into_values().collect::<Vec<_>>());
        prop_assert_eq!(map.into_iter().collect::<Vec<_>>(), tree.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_map_is_the_bytes_of_the_tree_and_is_read_from_them(pairs in vec((".{0,3}", any::<i32>()), 0..40)) {
        let map: SortedMap<String, i32> = pairs.clone().into_iter().collect();
        let tree: BTreeMap<String, i32> = pairs.into_iter().collect();
        let bytes = codec::encode(&map);
        prop_assert_eq!(&bytes, &codec::encode(&tree));
        prop_assert_eq!(codec::decode(&bytes), Ok(map.clone()));
        prop_assert_eq!(map.iter().map(|(key, _)| map.get(key.as_str())).collect::<Vec<_>>(), map.values().map(Some).collect::<Vec<_>>());
    }

    #[test]
    fn a_set_does_what_the_tree_does_and_is_its_bytes(steps in vec((any::<bool>(), any::<u8>()), 0..200)) {
        let (mut set, mut tree) = (SortedSet::new(), BTreeSet::new());
        for (comes, item) in steps {
            if comes {
                prop_assert_eq!(set.insert(item), tree.insert(item));
            } else {
                prop_assert_eq!(set.remove(&item), tree.remove(&item));
            }
            prop_assert_eq!(set.contains(&item), tree.contains(&item));
            prop_assert_eq!((set.len(), set.is_empty(), set.last()), (tree.len(), tree.is_empty(), tree.last()));
        }
        prop_assert_eq!(set.iter().collect::<Vec<_>>(), tree.iter().collect::<Vec<_>>());
        let bytes = codec::encode(&set);
        prop_assert_eq!(&bytes, &codec::encode(&tree));
        prop_assert_eq!(codec::decode(&bytes), Ok(set.clone()));
        prop_assert_eq!(set.into_iter().collect::<Vec<_>>(), tree.into_iter().collect::<Vec<_>>());
    }
}
