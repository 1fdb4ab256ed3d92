/**
 * What tests of every module share: golden cases, closeness of float arrays, runs of a Python
 * script. Depends on none of our modules.
 */
package org.plumbline.testing;
