package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A page of a list.
 *
 * @param resourceVersion of the whole list
 * @param items in the order of their keys
 * @param continueAfter key after which the next page begins; empty: this is the last
 * @param remaining items that follow; -1: not said, as selectors are in use
 */
record ListPage(
    long resourceVersion, List<ObjectNode> items, String continueAfter, int remaining) {}
