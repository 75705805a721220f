/** What tests share: a manual clock, fakes, and checks after each test. */
@NullMarked
package io.promdisco.testing;

import org.jspecify.annotations.NullMarked;
