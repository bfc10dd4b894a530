"""What a site's own settings do to a verdict: keywords, regions and ignored bases, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.core.reading.clauses import Sentence
from monitor.core.reading.frames import Event
from monitor.core.reading.lexicon import Word, watched_forces
from monitor.core.reading.mentions import Mention, Reach
from monitor.core.reading.moods import Told
from monitor.core.records import Article, Attack, Because, Keyword, Knowledge, Label, Region, Target, Watch

_REFUSED = -10.0  # the weight shown for a setting that decides alone


def refusal(watch: Watch, article: Article, label: Label, attacks: Sequence[Attack]) -> Because | None:
    """Why a site does not want this article, or None when it does; `attacks` are all that the article tells."""
    if label is Label.OTHER:
        return None
    for keyword in watch.exclude:
        if found := keyword.pattern.search(article.text):
            return Because("excluded by a keyword", found.group(), found.start(), found.end(), _REFUSED)
    if watch.require and not any(keyword.pattern.search(article.text) for keyword in watch.require):
        return Because("holds no required keyword", _written(watch.require), 0, 0, _REFUSED)
    if attacks and all(attack.target.base in watch.ignored_bases for attack in attacks):
        return Because("ignored base", attacks[0].target.name, 0, 0, _REFUSED)
    if attacks and watch.regions and not any(in_regions(attack.target, watch.regions) for attack in attacks):
        return Because("outside the watched regions", attacks[0].target.name, 0, 0, _REFUSED)
    return None


def noticed(
    watch: Watch,
    known: Knowledge,
    article: Article,
    sentences: Sequence[Sentence],
    events: Sequence[Event],
    flagged: bool,
) -> tuple[Because, ...]:
    """Settings that had a part in a verdict: added keywords, own bases, watched forces.

    One decides alone, by its weight: that the attack is on a force no longer watched, and on no other.
    """
    found: dict[str, tuple[int, int]] = {}
    for keyword in watch.add:
        if match := keyword.pattern.search(article.text):
            found.setdefault("added keyword", match.span())
    watched, own = watched_forces(watch), {base.id for base in watch.own_bases}
    taught = watched_forces(Watch())  # the examples are of attacks on these: their words alone may pass for an attack
    chosen, dropped = watched - taught, False
    for event in events:
        mention, words = event.target, sentences[event.sentence].words
        span = words[mention.start].begin, words[mention.end - 1].stop
        if own.intersection(mention.bases):
            found.setdefault("own base", span)
        elif flagged and mention.force in chosen:
            found.setdefault("watched force", span)
        elif event.told is Told.FRESH and mention.reach is Reach.FOREIGN:
            owners = _owners(known, article, mention, words[mention.start : mention.end])
            if owners - watched:
                found.setdefault("force not watched", span)
                dropped = dropped or bool(owners & (taught - watched))
    if any(event.target.reach.watched for event in events) or (flagged and not dropped):
        found.pop("force not watched", None)
    return tuple(
        Because(rule, article.text[begin:end], begin, end, _REFUSED if flagged and rule == "force not watched" else 0.0)
        for rule, (begin, end) in found.items()
    )


def _owners(known: Knowledge, article: Article, mention: Mention, words: Sequence[Word]) -> set[str]:
    """The forces that a target belongs to: those that stand at its base, or whose country or people it is called by."""
    if mention.bases:
        bases = [base for base in known.bases if base.id in mention.bases]
        return {span.force for base in bases for span in base.hosts if base.hosted(span.force, article.published)}
    named = {code for word in words for kind in ("country", "demonym") for code in word.senses.get(kind, "").split()}
    return named & {force.id for force in known.forces}


def wanted(watch: Watch, attacks: Sequence[Attack]) -> tuple[Attack, ...]:
    """The attacks on targets that a site watches."""
    return tuple(
        attack
        for attack in attacks
        if attack.target.base not in watch.ignored_bases
        and (not watch.regions or in_regions(attack.target, watch.regions))
    )


def in_regions(target: Target, regions: Sequence[Region]) -> bool:
    """Whether a target may lie in one of the regions; a target nobody placed may."""
    if not target.countries and target.lat is None:
        return True
    return any(region.holds(target) for region in regions)


def _written(keywords: Sequence[Keyword]) -> str:
    return ", ".join(keyword.written for keyword in keywords)
