"""Files: a version that is saved makes its document, or becomes the latest of the one it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localorg.batch import UNSET, Batch

if TYPE_CHECKING:
    from localorg.dml import Writer

_SHOWN = ("Title", "FileType", "FileExtension", "ContentSize")


def publish(writer: Writer, batch: Batch) -> None:
    """After versions are written: their documents, which version is the latest, and who sees them."""
    versions = [str(batch.ids[row]) for row in batch.live()]
    named, places, *shown = batch.good(
        *(_column(batch, name) for name in ("ContentDocumentId", "FirstPublishLocationId", *_SHOWN))
    )
    first = [place for place, document in enumerate(named) if not document]
    documents = iter(_new_documents(writer, [[values[place] for values in shown] for place in first]))
    stamp = writer.clock.stamp()
    for place, version in enumerate(versions):
        document = named[place] or next(documents)
        _make_latest(writer, stamp, version, document, [values[place] for values in shown])
        if not named[place]:
            _link(writer, document, places[place])


def _new_documents(writer: Writer, rows: list[list[Any]]) -> list[str]:
    columns = {name: [row[place] for row in rows] for place, name in enumerate(_SHOWN)}
    columns["OwnerId"] = [writer.access.user.id] * len(rows)
    made = Batch(writer.schema["ContentDocument"], columns, len(rows))
    writer.write_along(made)
    return [str(key) for key in made.ids]


def _make_latest(writer: Writer, stamp: str, version: str, document: str, shown: list[Any]) -> None:
    run = writer.connection.execute
    run(
        "UPDATE ContentVersion SET IsLatest = 0, SystemModstamp = ? WHERE ContentDocumentId = ? AND IsLatest = 1",
        (stamp, document),
    )
    run("UPDATE ContentVersion SET ContentDocumentId = ?, IsLatest = 1 WHERE Id = ?", (document, version))
    run(
        "UPDATE ContentDocument SET Title = ?, FileType = ?, FileExtension = ?, ContentSize = ?,"
        " LatestPublishedVersionId = ?, LastModifiedDate = ?, SystemModstamp = ? WHERE Id = ?",
        (*shown, version, stamp, stamp, document),
    )


def _link(writer: Writer, document: str, place: Any) -> None:
    """The owner may do everything with the file; where it was published first, it can be seen."""
    entities = [writer.access.user.id, *([place] if place and place is not UNSET else [])]
    columns = {
        "LinkedEntityId": entities,
        "ContentDocumentId": [document] * len(entities),
        "ShareType": ["I", "V"][: len(entities)],
        "Visibility": ["AllUsers"] * len(entities),
    }
    writer.write_along(Batch(writer.schema["ContentDocumentLink"], columns, len(entities)))


def _column(batch: Batch, name: str) -> list[Any]:
    values = batch.columns.get(name, [None] * batch.size)
    return [None if value is UNSET else value for value in values]
