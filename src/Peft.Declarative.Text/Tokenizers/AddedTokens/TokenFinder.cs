using System.Buffers;
using Peft.Declarative.Text.Patterns;
using Peft.Declarative.Text.Tokenizers.Models;

namespace Peft.Declarative.Text.Tokenizers.AddedTokens;

/// <summary>Cuts a text at the added tokens in it: leftmost first, longest first.</summary>
internal sealed class TokenFinder
{
    private readonly TokenTrie _trie = new();
    private readonly List<(AddedToken Token, int Id)> _tokens;
    private readonly SearchValues<char> _firstCharacters;

    /// <summary>Looks for each token by <paramref name="contentOf"/> it, which is its normal form or itself.</summary>
    internal TokenFinder(IEnumerable<(AddedToken Token, int Id)> tokens, Func<string, string> contentOf)
    {
        _tokens = [.. tokens];
        List<string> contents = [.. _tokens.Select(entry => contentOf(entry.Token.Content))];
        for (int i = contents.Count - 1; i >= 0; i--)
        {
            if (contents[i].Length > 0)
            {
                _trie.Add(contents[i], i); // backwards, so that the first of equal contents counts
            }
        }

        _firstCharacters = SearchValues.Create([.. contents.Where(content => content.Length > 0).Select(content => content[0])]);
    }

    /// <summary>Stretches of the text in order; those with an id are tokens. A token may reach into white space around it.</summary>
    internal List<(int Start, int End, int? Id)> Split(ReadOnlySpan<char> text)
    {
        List<(int, int, int?)> cut = [];
        int done = 0;
        int from = 0;
        while (from < text.Length && text[from..].IndexOfAny(_firstCharacters) is >= 0 and int offset)
        {
            int start = from + offset;
            (int end, int index) = LongestAt(text, start);
            from = index < 0 ? start + 1 : end;
            if (index < 0 || (_tokens[index].Token.SingleWord && TouchesWord(text, start, end)))
            {
                continue;
            }

            AddedToken token = _tokens[index].Token;
            start = token.StripLeft ? Math.Max(SpaceBefore(text, start), done) : start;
            end = token.StripRight ? SpaceAfter(text, end) : end;
            if (done < start)
            {
                cut.Add((done, start, null));
            }

            if (end > start) // otherwise the token before it has taken it all as white space
            {
                cut.Add((start, end, _tokens[index].Id));
            }

            done = end;
        }

        if (done < text.Length)
        {
            cut.Add((done, text.Length, null));
        }

        return cut;
    }

    private (int End, int Index) LongestAt(ReadOnlySpan<char> text, int start)
    {
        (int End, int Index) longest = (start, -1);
        int node = 0;
        for (int i = start; i < text.Length && (node = _trie.Child(node, text[i])) >= 0; i++)
        {
            if (_trie.Value(node) >= 0)
            {
                longest = (i + 1, _trie.Value(node));
            }
        }

        return longest;
    }

    private static bool TouchesWord(ReadOnlySpan<char> text, int start, int end) =>
        (start > 0 && CodePoints.IsWord(CodePoints.Before(text, start, out _)))
        || (end < text.Length && CodePoints.IsWord(CodePoints.At(text, end, out _)));

    private static int SpaceBefore(ReadOnlySpan<char> text, int start)
    {
        while (start > 0 && CodePoints.IsWhiteSpace(text[start - 1]))
        {
            start--;
        }

        return start;
    }

    private static int SpaceAfter(ReadOnlySpan<char> text, int end)
    {
        while (end < text.Length && CodePoints.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return end;
    }
}
