/** Values that all layers share: label sets, target groups and their updates. */
@NullMarked
package io.promdisco.model;

import org.jspecify.annotations.NullMarked;
