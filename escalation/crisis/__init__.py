"""One crisis for people: play, game, story, tables, words, scenes, menu, debrief."""
