package io.promdisco.server;

/**
 * What a reader of a stream asks for.
 *
 * @param job the only job whose changes it gets; empty: all
 * @param snapshot whether a reset is followed by all targets
 * @param lastEventId the last change that it has received; empty: none
 */
record StreamRequest(String job, boolean snapshot, String lastEventId) {}
