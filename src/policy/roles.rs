//! All roles of a policy: the shipped ones, an owner's own, and what they inherit.

use jiff::Timestamp;

use super::RuleName;
use super::SHIPPED;
use super::file::{RoleEntry, RolesFile};
use super::mistake::Mistake;
use super::rate;
use super::rule::{Rule, own_rules};
use super::schedule;
use crate::command::nearest;
use crate::config::Rate;

/// The file in which a role is looked up. Shipped roles inherit only shipped roles, so that an owner's file cannot widen them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Shipped,
    Own,
}

/// The roles of both files.
pub struct Roles {
    shipped: RolesFile,
    own: RolesFile,
}

/// A role's own rules, then those that it inherits, and the rates of all roles involved.
#[derive(Default)]
pub struct ResolvedRole {
    pub rules: Vec<Rule>,
    pub rates: Vec<(RuleName, Rate)>,
}

impl Roles {
    /// The roles of one text, without the shipped ones.
    pub fn alone(text: &str) -> Result<Roles, Mistake> {
        Ok(Roles { shipped: RolesFile::default(), own: RolesFile::parse(text)? })
    }

    /// An owner's roles beside the shipped ones.
    pub fn beside_shipped(text: &str) -> Result<Roles, Mistake> {
        let roles = Roles { shipped: RolesFile::parse(SHIPPED)?, own: RolesFile::parse(text)? };
        for (name, role) in &roles.own.roles {
            let is_shipped = roles.shipped.roles.contains_key(name);
            if is_shipped && !role.replace {
                let message = format!(
                    "role {} ships with livegate; choose another name, or replace it with `replace = true`",
                    name.get_ref()
                );
                return Err(Mistake::at(name.span(), message));
            }
            if role.replace && !is_shipped {
                let message = format!("role {} replaces nothing: no role of that name ships", name.get_ref());
                return Err(Mistake::at(name.span(), message));
            }
        }
        Ok(roles)
    }

    /// The names of all roles, once each.
    pub fn names(&self) -> Vec<String> {
        let all = self.own.roles.keys().chain(self.shipped.roles.keys());
        let mut names: Vec<String> = all.map(|name| name.get_ref().clone()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The ends of a studio's own rules, each with a sentence for when it is over.
    pub fn own_endings(&self) -> Result<Vec<(Timestamp, Mistake)>, Mistake> {
        let mut endings = Vec::new();
        for (role, entry) in &self.own.roles {
            for (index, rule) in entry.rule.iter().enumerate() {
                let Some(until) = &rule.get_ref().until else { continue };
                let end = schedule::read_until(until.get_ref()).map_err(|reason| Mistake::at(until.span(), reason))?;
                let sentence = format!("{}.rule{} has ended, {end}; it decides nothing", role.get_ref(), index + 1);
                endings.push((end, Mistake::at(until.span(), sentence)));
            }
        }
        Ok(endings)
    }

    pub fn flatten(&self, name: &str) -> Result<ResolvedRole, Mistake> {
        let mut flattened = ResolvedRole::default();
        let found = self.find(name, Layer::Own);
        let (role, layer) = found.ok_or_else(|| Mistake::of_file(format!("there is no role {name}")))?;
        self.collect(name, role, layer, &mut Vec::new(), &mut flattened)?;
        Ok(flattened)
    }

    /// `heirs` are the roles that led here, to detect cycles.
    fn collect<'a>(
        &'a self,
        name: &'a str,
        role: &'a RoleEntry,
        layer: Layer,
        heirs: &mut Vec<(&'a str, Layer)>,
        flattened: &mut ResolvedRole,
    ) -> Result<(), Mistake> {
        heirs.push((name, layer));
        flattened.rules.extend(own_rules(name, role)?);
        if let Some(rate) = &role.limit {
            flattened.rates.push((name.into(), rate::read(rate)?));
        }
        for parent in &role.inherits {
            let parent_name = parent.get_ref().as_str();
            let Some((role, layer)) = self.find(parent_name, layer) else {
                return Err(Mistake::at(parent.span(), self.no_such_role(parent_name)));
            };
            if heirs.contains(&(parent_name, layer)) {
                let way: Vec<&str> = heirs.iter().map(|(name, _)| *name).collect();
                let message = format!("role {parent_name} inherits from itself, through {}", way.join(", "));
                return Err(Mistake::at(parent.span(), message));
            }
            self.collect(parent_name, role, layer, heirs, flattened)?;
        }
        heirs.pop();
        Ok(())
    }

    fn find(&self, name: &str, from: Layer) -> Option<(&RoleEntry, Layer)> {
        let own = || find_in(&self.own, name).map(|role| (role, Layer::Own));
        let shipped = || find_in(&self.shipped, name).map(|role| (role, Layer::Shipped));
        match from {
            Layer::Own => own().or_else(shipped),
            Layer::Shipped => shipped(),
        }
    }

    fn no_such_role(&self, name: &str) -> String {
        let names = self.names();
        let meant = nearest::among(name, names.iter().map(String::as_str));
        let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
        format!("there is no role {name} to inherit from{meant}")
    }
}

fn find_in<'a>(file: &'a RolesFile, name: &str) -> Option<&'a RoleEntry> {
    file.roles.iter().find(|(known, _)| known.get_ref() == name).map(|(_, role)| role)
}
