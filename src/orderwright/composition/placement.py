"""Placing orders in groups."""

from __future__ import annotations

from dependency_injector import providers

from orderwright.application.placement.catalogue_cache import CatalogueCache
from orderwright.application.placement.group_placer import GroupPlacer
from orderwright.application.placement.order_processor import OrderProcessor
from orderwright.composition.foundation import Foundation
from orderwright.infrastructure.concurrency.batcher import Batcher
from orderwright.infrastructure.database.placement.store import SqlPlacementStore


class PlacementParts(Foundation):
    # Placing orders
    placement_store = providers.Singleton(
        SqlPlacementStore, Foundation.database, events_wait=Foundation.events_wait
    )
    catalogue_cache = providers.Singleton(CatalogueCache)
    group_placer = providers.Singleton(
        GroupPlacer,
        placement_store,
        catalogue_cache,
        Foundation.ids,
        Foundation.crash_point,
        tasks_wait=Foundation.tasks_wait,
    )
    placement_queue = providers.Singleton(
        Batcher,
        group_placer.provided.place_all,
        capacity=Foundation.config.placement_queue_size,
        group_max=Foundation.config.placement_batch_max,
        workers=Foundation.config.placement_workers,
    )
    order_processor = providers.Singleton(OrderProcessor, placement_queue)
