package io.promdisco.server;

/**
 * The request of a stream.
 *
 * @param job the job whose changes to send; empty for all jobs
 * @param snapshot whether all targets follow after a reset
 * @param lastEventId the id of the last change that the client has received; empty for none
 */
record StreamRequest(String job, boolean snapshot, String lastEventId) {}
