create index copies_homes on copies (posted_at) where template = 'home';
