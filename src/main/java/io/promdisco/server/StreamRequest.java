package io.promdisco.server;

/**
 * What a reader of a stream wants.
 *
 * @param job the only job that it is told of; empty: all
 * @param snapshot whether a reset is followed by all targets
 * @param lastEventId behind which change it goes on; empty: it begins
 */
record StreamRequest(String job, boolean snapshot, String lastEventId) {}
