/**
 * What every other room may use: errors meant for the user, settings records read from JSON,
 * progress of long work, and the cache directory.
 */
package org.pixelcube.config;
