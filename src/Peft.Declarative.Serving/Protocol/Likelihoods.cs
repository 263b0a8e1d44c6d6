using System.Text;
using System.Text.Json.Nodes;

namespace Peft.Declarative.Serving.Protocol;

/// <summary>Writes how likely the tokens of one answer were, in the form of one of OpenAI's two endpoints.</summary>
/// <param name="isChat">Whether it is that of conversations.</param>
/// <param name="tokenizer">Decodes tokens.</param>
/// <param name="last">The last token of the prompt. A token is decoded after the one before it, because the first one of a text may lose its space.</param>
internal sealed class Likelihoods(bool isChat, ITokenizer tokenizer, int last)
{
    private const char Broken = '\uFFFD';

    private int _last = last;
    private int _offset;

    /// <summary>What an answer says of these tokens, which follow those of earlier calls; <see langword="null"/> if there are none.</summary>
    internal JsonObject? Of(IReadOnlyList<TokenLogProbability> tokens)
    {
        if (tokens.Count == 0)
        {
            return null;
        }

        JsonArray content = [], texts = [], own = [], top = [], offsets = [];
        foreach (TokenLogProbability token in tokens)
        {
            string text = Text(token.Id);
            if (isChat)
            {
                JsonObject entry = Entry(text, token.LogProbability);
                entry["top_logprobs"] = new JsonArray([.. token.Top.Select(other => Entry(Text(other.Id), other.LogProbability))]);
                content.Add(entry);
            }
            else
            {
                texts.Add(text);
                own.Add(token.LogProbability);
                offsets.Add(_offset);
                JsonObject others = [];
                foreach ((int id, double logProbability) in token.Top)
                {
                    others[Text(id)] = logProbability;   // two tokens may have one text
                }

                top.Add(others);
            }

            _offset += text.Length;
            _last = token.Id;
        }

        return isChat
            ? new JsonObject { ["content"] = content, ["refusal"] = null }
            : new JsonObject { ["tokens"] = texts, ["token_logprobs"] = own, ["top_logprobs"] = top, ["text_offset"] = offsets };
    }

    private static JsonObject Entry(string text, double logProbability) => new()
    {
        ["token"] = text,
        ["logprob"] = logProbability,
        ["bytes"] = text.Contains(Broken, StringComparison.Ordinal) ? null : new JsonArray([.. Encoding.UTF8.GetBytes(text).Select(value => JsonValue.Create((int)value))]),
    };

    private string Text(int id)
    {
        string before = tokenizer.Decode([_last], skipSpecialTokens: false);
        string both = tokenizer.Decode([_last, id], skipSpecialTokens: false);
        return both.StartsWith(before, StringComparison.Ordinal) ? both[before.Length..] : tokenizer.Decode([id], skipSpecialTokens: false);
    }
}
