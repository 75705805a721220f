package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A page of a list.
 *
 * @param resourceVersion the version of the whole list
 * @param items the items in the order of their keys
 * @param continueAfter key after which the next page begins; empty on the last page
 * @param remaining the number of following items; -1 if unknown because of selectors
 */
record ListPage(
    long resourceVersion, List<ObjectNode> items, String continueAfter, int remaining) {}
