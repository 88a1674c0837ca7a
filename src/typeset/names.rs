//! Styles whose lists of names say nothing of the names themselves.
//!
//! `<names variable="author"><label/></names>` shows the authors in the manner
//! that the style inherits: CSL makes `<name/>` optional. hayagriva 0.10 takes
//! such a list for empty and leaves it out, so that references of `vancouver`
//! and of the styles of the National Library of Medicine have no authors. Here
//! they get the `<name/>` that says the same.

use hayagriva::citationberg::{
    ChooseBranch, IndependentStyle, LayoutRenderingElement, Name, Names, NamesChild,
};

/// Gives every list of names that has children, but no `<name/>`, one.
pub(crate) fn complete(style: &mut IndependentStyle) {
    all(&mut style.citation.layout.elements);
    if let Some(bibliography) = &mut style.bibliography {
        all(&mut bibliography.layout.elements);
    }
    for part in &mut style.macros {
        all(&mut part.children);
    }
}

fn all(elements: &mut [LayoutRenderingElement]) {
    for element in elements {
        match element {
            LayoutRenderingElement::Names(list) => names(list),
            LayoutRenderingElement::Group(group) => all(&mut group.children),
            LayoutRenderingElement::Choose(choose) => {
                all(&mut choose.if_.children);
                choose.else_if.iter_mut().for_each(|ChooseBranch { children, .. }| all(children));
                if let Some(otherwise) = &mut choose.otherwise {
                    all(&mut otherwise.children);
                }
            }
            LayoutRenderingElement::Text(_)
            | LayoutRenderingElement::Date(_)
            | LayoutRenderingElement::Number(_)
            | LayoutRenderingElement::Label(_) => {}
        }
    }
}

fn names(list: &mut Names) {
    for child in &mut list.children {
        if let NamesChild::Substitute(substitute) = child {
            all(&mut substitute.children);
        }
    }
    // A list without children, and one that stands for another inside of it,
    // take all from outside.
    if !list.children.is_empty() && list.name().is_none() {
        list.children.insert(0, NamesChild::Name(Name::default()));
    }
}
