//! What each test is: words with its source, and its formula.
//!
//! The match has every kind of test, so none is reported without a definition.

use crate::compare::TestKind;
use crate::stats::wilcoxon::Zeros;

/// Words with citations; label and LaTeX of a formula, empty where words say it all.
pub(super) type Words = (&'static str, (&'static str, &'static str));

/// The definition of a test; forms of one test share theirs.
pub(super) fn definition(test: TestKind) -> Words {
    match test {
        TestKind::PairedT | TestKind::PairedTOfSlopes => PAIRED_T,
        TestKind::WelchT | TestKind::WelchTFromSummaries | TestKind::WelchTOfSlopes => WELCH_T,
        TestKind::PartlyPairedT => PARTLY_PAIRED_T,
        TestKind::SignedRank(Zeros::Wilcox) => SIGNED_RANK,
        TestKind::SignedRank(Zeros::Pratt) => SIGNED_RANK_PRATT,
        TestKind::SignedRank(Zeros::Split) => SIGNED_RANK_SPLIT,
        TestKind::MannWhitney => MANN_WHITNEY,
        TestKind::Sign => SIGN,
        TestKind::SignFlip | TestKind::ClusteredSignFlip | TestKind::TwoSamplePermutation => {
            PERMUTATION
        }
        TestKind::RandomEffects => RANDOM_EFFECTS,
        TestKind::MeanOfTasks => MEAN_OF_TASKS,
        TestKind::DeLong { .. } => DE_LONG,
        TestKind::PairedBootstrap { .. } => PAIRED_BOOTSTRAP,
        TestKind::ClusteredT => CLUSTERED_T,
        TestKind::Page => PAGE,
        TestKind::TwoWayAnova => TWO_WAY_ANOVA,
        TestKind::FriedmanExact | TestKind::FriedmanF | TestKind::FriedmanChiSquared => FRIEDMAN,
        TestKind::Nemenyi => NEMENYI,
    }
}

const PAIRED_T: Words = (
    "Both sides share their seeds or cases, so the paired t test [@student1908] is of the \
     differences $d_i$ one by one, with mean $\\bar d$ and standard deviation $s_d$.",
    ("eq-paired-t", "t = \\frac{\\bar d}{s_d / \\sqrt{n}}, \\qquad \\nu = n - 1"),
);

const WELCH_T: Words = (
    "Where the sides are independent samples, means are compared by Welch's t test [@welch1947].",
    (
        "eq-welch",
        "t = \\frac{\\bar x - \\bar y}{\\sqrt{s_x^2/n_x + s_y^2/n_y}}, \\qquad \
         \\nu = \\frac{(s_x^2/n_x + s_y^2/n_y)^2}{\\frac{(s_x^2/n_x)^2}{n_x - 1} + \
         \\frac{(s_y^2/n_y)^2}{n_y - 1}}",
    ),
);

const PARTLY_PAIRED_T: Words = (
    "Where the sides share a part $n_c$ of their seeds, all runs are compared by the t test for \
     partially overlapping samples [@derrick2017], with $r$ the correlation of the pairs.",
    (
        "eq-partly-paired-t",
        "t = \\frac{\\bar x - \\bar y}{\\sqrt{\\frac{s_x^2}{n_x} + \\frac{s_y^2}{n_y} - \
         2 r \\frac{s_x s_y n_c}{n_x n_y}}}",
    ),
);

const SIGNED_RANK: Words = (
    "Wilcoxon's signed-rank test [@wilcoxon1945] sums the ranks $R_i$ of the magnitudes of the \
     positive differences; differences of zero are dropped. The estimate beside it is the shift \
     of Hodges and Lehmann [@hodges1963].",
    ("eq-wilcoxon", "W^+ = \\sum_{d_i > 0} R_i"),
);

const SIGNED_RANK_PRATT: Words = (
    "Wilcoxon's signed-rank test [@wilcoxon1945] sums the ranks $R_i$ of the magnitudes of the \
     positive differences; differences of zero are ranked and then dropped [@pratt1959]. The \
     estimate beside it is the shift of Hodges and Lehmann [@hodges1963].",
    ("eq-wilcoxon-pratt", "W^+ = \\sum_{d_i > 0} R_i"),
);

const SIGNED_RANK_SPLIT: Words = (
    "Wilcoxon's signed-rank test [@wilcoxon1945] sums the ranks $R_i$ of the magnitudes of the \
     positive differences; half of the ranks of zeros count as positive. The estimate beside it \
     is the shift of Hodges and Lehmann [@hodges1963].",
    ("eq-wilcoxon-split", "W^+ = \\sum_{d_i > 0} R_i + \\tfrac{1}{2} \\sum_{d_i = 0} R_i"),
);

const MANN_WHITNEY: Words = (
    "The test of Mann and Whitney [@mann1947] counts the pairs in which one side is larger, ties \
     as one half. The estimate beside it is the shift of Hodges and Lehmann [@hodges1963].",
    (
        "eq-mann-whitney",
        "U = \\sum_{i, j} \\left( [x_i > y_j] + \\tfrac{1}{2} [x_i = y_j] \\right)",
    ),
);

const SIGN: Words = (
    "The sign test [@demsar2006] holds the number of positive differences, zeros left out, \
     against the binomial distribution of a fair coin.",
    ("", ""),
);

const PERMUTATION: Words = (
    "The permutation test [@pitman1937] asks how many of the arrangements $g$ that the hypothesis \
     makes equally likely (signs of the differences, or groups) give a statistic as far from zero \
     as the observed one.",
    ("eq-permutation", "p = \\frac{1}{|G|} \\sum_{g \\in G} [\\, |T_g| \\geq |T| \\,]"),
);

const RANDOM_EFFECTS: Words = (
    "Contrasts $y_i$ of the tasks, with variances $v_i$, are summarised by random effects: the \
     variance between tasks $\\tau^2$ after DerSimonian and Laird [@dersimonian1986], interval and \
     test after Hartung and Knapp [@hartung2001].",
    (
        "eq-random-effects",
        "\\hat\\mu = \\frac{\\sum_i w_i y_i}{\\sum_i w_i}, \\qquad \
         w_i = \\frac{1}{v_i + \\hat\\tau^2}",
    ),
);

const MEAN_OF_TASKS: Words = (
    "Where tasks share no seeds, the mean of their $k$ differences has the variance of independent \
     strata, from the variances $v_i$ with $\\nu_i$ degrees of freedom, held against t with the \
     degrees of freedom of Welch [@welch1947] and Satterthwaite [@satterthwaite1946].",
    (
        "eq-mean-of-tasks",
        "V = \\frac{1}{k^2} \\sum_{i=1}^{k} v_i, \\qquad \
         \\nu = \\frac{(\\sum_i v_i)^2}{\\sum_i v_i^2 / \\nu_i}",
    ),
);

const DE_LONG: Words = (
    "AUCs on the same cases are compared over cases by the test of DeLong, DeLong and \
     Clarke-Pearson [@delong1988], with $S$ the covariance of the AUCs over the cases.",
    (
        "eq-delong",
        "z = \\frac{L \\hat\\theta}{\\sqrt{L S L^{\\mathsf T}}}, \\qquad \
         S = \\frac{S_{10}}{m} + \\frac{S_{01}}{n}",
    ),
);

const PAIRED_BOOTSTRAP: Words = (
    "Scores of a whole test set other than the AUC are compared by the paired bootstrap \
     [@efron1993]: cases (or whole patients) are drawn with replacement, the same for both sides; \
     the interval holds the percentiles of the resampled differences, and p is that of a normal \
     $z$, the difference over their standard deviation.",
    ("", ""),
);

const CLUSTERED_T: Words = (
    "Where patients have several cases, the variance of the mean difference over $N$ cases is that \
     of the sums of the residuals $e_i$ within $G$ patients of $n_g$ cases (CR2), held against t \
     with the degrees of freedom of Bell and McCaffrey [@pustejovsky2018].",
    (
        "eq-clustered-t",
        "V = \\frac{1}{N^2} \\sum_{g=1}^{G} \\frac{\\left( \\sum_{i \\in g} e_i \\right)^2}\
         {1 - n_g / N}",
    ),
);

const PAGE: Words = (
    "A trend towards better values over the label fractions, in order $j = 1, \\dots, k$, is \
     tested by Page's trend test [@page1963], with $R_j$ the sum of ranks within seeds.",
    ("eq-page", "L = \\sum_{j=1}^{k} j\\, R_j"),
);

const TWO_WAY_ANOVA: Words = (
    "Whether a difference changes with the label fraction is tested as the interaction of a \
     two-way analysis of variance with sums of squares of type II [@langsrud2003]; no seed recurs \
     in it.",
    ("", ""),
);

const FRIEDMAN: Words = (
    "Methods are compared over tasks by Friedman's test [@friedman1937]: exactly, over all \
     arrangements of the ranks within tasks, where there are few, else in the form of Iman and \
     Davenport [@iman1980], as advised for classifiers [@demsar2006].",
    (
        "eq-friedman",
        "F = \\frac{(N - 1)\\, \\chi^2_F}{N (k - 1) - \\chi^2_F}, \\qquad \
         \\chi^2_F = \\frac{12 N}{k (k + 1)} \\sum_{j=1}^{k} \\left( \\bar R_j - \
         \\frac{k + 1}{2} \\right)^2",
    ),
);

const NEMENYI: Words = (
    "Pairs of methods are compared over $N$ tasks by their mean ranks $\\bar R_j$ after Nemenyi \
     [@demsar2006]; $q \\sqrt 2$ has the distribution of the studentised range of $k$ values.",
    ("eq-nemenyi", "q = \\frac{|\\bar R_i - \\bar R_j|}{\\sqrt{\\frac{k (k + 1)}{6 N}}}"),
);
