package io.promdisco.scrape;

/**
 * How many targets a job has.
 *
 * @param discovered all that its providers found
 * @param active those that are scraped; equal ones count once
 * @param dropped those that its rules dropped
 * @param failed those that its rules kept but that cannot be scraped
 */
public record PoolCounts(int discovered, int active, int dropped, int failed) {}
