"""``sxyd validate-delivery``: checks what a team hands in, ours and others', and says where it is wrong."""
