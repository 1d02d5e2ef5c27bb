"""One crisis for people: play, game, story, tables, words, scenes, turns, reasons, menu, debrief."""
