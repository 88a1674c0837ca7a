//! What is true of a case, for every kind of target.

use crate::spec::Target;

/// What is true of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// The one class that is right, by its index. The classes of a binary
    /// target are 0, the negative, and 1, the positive one.
    Class(usize),
    /// Whether each class is there, in label order; none and several may be.
    /// Of a segmentation target: whether each structure has a pixel.
    Classes(Vec<Label>),
}

/// Whether a class is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Label {
    /// It is, or it is not.
    Known(bool),
    /// It may be: a value between 0 and 1 that training aims at. Cases that
    /// are validated or tested on have none.
    Soft(f32),
    /// Nobody knows: it counts neither in the loss nor in any metric.
    Unknown,
}

impl Label {
    /// What metrics know of it.
    pub fn known(self) -> Option<bool> {
        match self {
            Self::Known(there) => Some(there),
            Self::Soft(_) | Self::Unknown => None,
        }
    }

    /// The number that stands for it: 0, 1, what lies between where it is
    /// soft, or -1 where nobody knows.
    pub(crate) fn number(self) -> f32 {
        match self {
            Self::Known(there) => f32::from(u8::from(there)),
            Self::Soft(value) => value,
            Self::Unknown => UNKNOWN,
        }
    }

    /// What [`number`](Self::number) stands for.
    fn from_number(number: f32) -> Option<Self> {
        match (number, whole(number)) {
            (UNKNOWN, _) => Some(Self::Unknown),
            (_, Some(0)) => Some(Self::Known(false)),
            (_, Some(1)) => Some(Self::Known(true)),
            (number, None) if number > 0.0 && number < 1.0 => Some(Self::Soft(number)),
            _ => None,
        }
    }
}

impl Truth {
    /// What is true where it is known of every class.
    pub fn of_each(there: impl IntoIterator<Item = bool>) -> Self {
        Self::Classes(there.into_iter().map(Label::Known).collect())
    }

    /// Whether the case is of class `index`; `false` for an index that the
    /// target does not have.
    pub fn has(&self, index: usize) -> bool {
        match self {
            Self::Class(class) => *class == index,
            Self::Classes(there) => {
                there.get(index).is_some_and(|there| *there == Label::Known(true))
            }
        }
    }

    /// Whether it is known if the case is of class `index`.
    pub fn knows(&self, index: usize) -> bool {
        match self {
            Self::Class(_) => true,
            Self::Classes(there) => there.get(index).is_some_and(|there| there.known().is_some()),
        }
    }

    /// Whether both cannot be true of the same image.
    pub(super) fn contradicts(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Classes(a), Self::Classes(b)) => {
                let differ = |(a, b): (&Label, &Label)| {
                    a.known().zip(b.known()).is_some_and(|(a, b)| a != b)
                };
                a.len() != b.len() || a.iter().zip(b).any(differ)
            }
            (Self::Class(_), _) | (Self::Classes(_), Self::Class(_)) => self != other,
        }
    }

    /// The numbers that stand for it in a cache file and in the data hash: the
    /// index of the one class, or a number per class.
    pub(super) fn numbers(&self) -> Vec<f32> {
        match self {
            Self::Class(class) => vec![*class as f32],
            Self::Classes(there) => there.iter().map(|there| there.number()).collect(),
        }
    }

    /// What [`numbers`](Self::numbers) stand for.
    ///
    /// # Errors
    /// Unless they are as many as the target has and each is one of its values.
    pub(super) fn from_numbers(
        target: Target,
        classes: usize,
        numbers: &[f32],
    ) -> Result<Self, String> {
        let truth = match (target, numbers) {
            (Target::Binary | Target::MultiClass, [number]) => whole(*number).map(Self::Class),
            (Target::Binary | Target::MultiClass, _) => None,
            (Target::MultiLabel | Target::Segmentation, numbers) => {
                let labels = numbers.iter().map(|number| Label::from_number(*number));
                labels.collect::<Option<_>>().map(Self::Classes)
            }
        };
        let truth = truth
            .ok_or_else(|| format!("{numbers:?} are not the labels of a {target:?} target"))?;
        truth.check(target, classes)?;
        Ok(truth)
    }

    /// Whether it is of the kind of a target with so many classes.
    ///
    /// # Errors
    /// With what is wrong, as a sentence about the case.
    pub(super) fn check(&self, target: Target, classes: usize) -> Result<(), String> {
        match (target, self) {
            (Target::Binary | Target::MultiClass, Self::Class(class)) if *class < classes => Ok(()),
            (Target::Binary | Target::MultiClass, Self::Class(class)) => {
                Err(format!("is of class {class}, but there are {classes} classes, from 0"))
            }
            (Target::MultiLabel | Target::Segmentation, Self::Classes(there))
                if there.len() == classes =>
            {
                Ok(())
            }
            (Target::MultiLabel | Target::Segmentation, Self::Classes(there)) => {
                Err(format!("has {} labels for {classes} classes", there.len()))
            }
            (Target::Binary | Target::MultiClass, Self::Classes(_)) => {
                Err(format!("has a label per class, a {target:?} target has one class per case"))
            }
            (Target::MultiLabel | Target::Segmentation, Self::Class(_)) => {
                Err(format!("has one class, a {target:?} target has a label per class"))
            }
        }
    }
}

/// What stands in a cache file for a label that nobody knows.
const UNKNOWN: f32 = -1.0;

/// A whole number that an `f32` holds exactly; absent for any other value.
fn whole(number: f32) -> Option<usize> {
    const EXACT: f32 = (1 << 24) as f32;
    let fits = number.fract() == 0.0 && (0.0..=EXACT).contains(&number);
    fits.then_some(number as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were() {
        for (target, classes, numbers) in [
            (Target::Binary, 2, &[0.0][..]),
            (Target::Binary, 2, &[1.0]),
            (Target::MultiClass, 12, &[11.0]),
            (Target::MultiLabel, 3, &[0.0, 1.0, 1.0]),
            (Target::MultiLabel, 3, &[0.0, -1.0, 1.0]),
            (Target::MultiLabel, 3, &[0.7, -1.0, 0.55]),
            (Target::MultiLabel, 1, &[1.0]),
            (Target::MultiLabel, 0, &[]),
        ] {
            let truth = Truth::from_numbers(target, classes, numbers).expect("a truth");
            assert_eq!(truth.numbers(), numbers);
        }
        let one = Truth::from_numbers(Target::MultiLabel, 1, &[1.0]).expect("a truth");
        assert_eq!(one, Truth::of_each([true]), "not class 1");
    }

    #[test]
    fn numbers_of_another_target_are_errors() {
        for (target, classes, numbers) in [
            (Target::Binary, 2, &[2.0][..]),
            (Target::Binary, 2, &[0.5]),
            (Target::Binary, 2, &[-1.0]),
            (Target::Binary, 2, &[f32::NAN]),
            (Target::Binary, 2, &[]),
            (Target::MultiClass, 4, &[4.0]),
            (Target::MultiClass, 4, &[1.0, 0.0]),
            (Target::MultiClass, 4, &[f32::INFINITY]),
            (Target::MultiLabel, 2, &[1.0]),
            (Target::MultiLabel, 2, &[1.0, 2.0]),
            (Target::MultiLabel, 2, &[1.0, -0.5]),
            (Target::MultiLabel, 2, &[1.0, 1.5]),
            (Target::MultiLabel, 1, &[f32::NAN]),
            (Target::MultiClass, 2, &[-1.0]),
        ] {
            assert!(Truth::from_numbers(target, classes, numbers).is_err(), "{numbers:?}");
        }
    }

    #[test]
    fn a_class_is_there_or_not() {
        assert!(Truth::Class(1).has(1) && !Truth::Class(1).has(0));
        let there = Truth::of_each([true, false]);
        assert!(there.has(0) && !there.has(1) && !there.has(2));
        assert!(there.knows(1) && !there.knows(2));
        let half = Truth::Classes(vec![Label::Unknown, Label::Known(false)]);
        assert!(!half.has(0) && !half.knows(0) && half.knows(1));
        assert!(!half.contradicts(&there) && Truth::of_each([true, true]).contradicts(&half));
        let soft = Truth::Classes(vec![Label::Soft(0.7), Label::Known(false)]);
        assert!(!soft.has(0) && !soft.knows(0) && !soft.contradicts(&there));
        assert!(there.check(Target::Binary, 2).is_err());
        assert!(Truth::Class(0).check(Target::MultiLabel, 2).is_err());
    }
}
