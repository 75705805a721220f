package io.promdisco.scrape;

/**
 * The numbers of targets of a job.
 *
 * @param discovered all targets that its providers found
 * @param active the targets that are scraped; equal ones count once
 * @param dropped the targets that its rules dropped
 * @param failed the targets that its rules kept but that cannot be scraped
 */
public record PoolCounts(int discovered, int active, int dropped, int failed) {}
