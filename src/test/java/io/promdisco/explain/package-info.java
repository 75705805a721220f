@NullMarked
package io.promdisco.explain;

import org.jspecify.annotations.NullMarked;
