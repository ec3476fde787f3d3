/** Iterable, Iterator, Comparable, Comparator, Callable: what users implement for loops, sorting and late calls. */
import { platformInterface } from '../../engine/platform.mjs';

export const Iterable = platformInterface('Iterable<T>', ['Iterator<T> iterator()']);
export const Iterator = platformInterface('Iterator<T>', ['Boolean hasNext()', 'T next()']);
export const Comparable = platformInterface('Comparable', ['Integer compareTo(Object other)']);
export const Comparator = platformInterface('Comparator<T>', ['Integer compare(T first, T second)']);
export const Callable = platformInterface('Callable', ['Object call(String action, Map<String, Object> args)']);
