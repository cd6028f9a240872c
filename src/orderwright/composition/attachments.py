"""Files that are attached to orders."""

from __future__ import annotations

from pathlib import Path

from dependency_injector import providers

from orderwright.application.services.attachment_files import AttachmentFiles
from orderwright.composition.foundation import Foundation
from orderwright.infrastructure.concurrency.thread_pool import ThreadRunner
from orderwright.infrastructure.external_services.attachment_files import FileStorage
from orderwright.infrastructure.external_services.attachments_s3 import S3Storage
from orderwright.infrastructure.external_services.s3_signing import S3Keys
from orderwright.infrastructure.messaging.rounds import Rounds


def _in_folder(data_dir: Path) -> Path:
    return data_dir / "attachments"


class AttachmentParts(Foundation):
    # Hashing a piece of 256 KiB takes a millisecond: that many wait a tenth of a second.
    attachment_threads = providers.Singleton(
        ThreadRunner, "attachments", threads=2, waiting_max=200
    )
    attachment_storage = providers.Selector(
        Foundation.config.attachment_storage,
        files=providers.Singleton(
            FileStorage,
            providers.Callable(_in_folder, Foundation.config.data_dir),
            attachment_threads,
        ),
        s3=providers.Singleton(
            S3Storage,
            Foundation.config.attachment_bucket_url,
            providers.Factory(
                S3Keys,
                access_key=Foundation.config.attachment_s3_access_key,
                secret_key=Foundation.config.attachment_s3_secret_key,
                region=Foundation.config.attachment_s3_region,
            ),
            spool_folder=providers.Callable(_in_folder, Foundation.config.data_dir),
            threads=attachment_threads,
            now=Foundation.clock.provided.now,
        ),
    )
    attachment_files = providers.Singleton(
        AttachmentFiles,
        Foundation.unit_of_work.provider,
        attachment_storage,
        Foundation.clock,
        bytes_max=Foundation.config.attachment_max_bytes,
        types=Foundation.config.attachment_types,
    )
    removing_ownerless_files = providers.Singleton(
        Rounds,
        attachment_files.provided.remove_due,
        Foundation.failure_log,
        Foundation.config.housekeeping_interval_seconds,
    )
