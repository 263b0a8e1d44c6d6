using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FirstAdapter.Pretraining.Tokenizing;

/// <summary>Writes a tokenizer as Hugging Face files: tokenizer.json and tokenizer_config.json.</summary>
public static class TokenizerFiles
{
    /// <summary>Begins every text.</summary>
    public const string Bos = "<s>";

    /// <summary>Ends every text.</summary>
    public const string Eos = "</s>";

    /// <summary>Fills short rows.</summary>
    public const string Pad = "<pad>";

    // Each question stands for itself: the model has never read a conversation.
    private const string ChatTemplate = "{{ bos_token }}Q: {{ messages[-1]['content'] }}\nA:";

    private static readonly string[] Special = [Bos, Eos, Pad];

    // The merges contain characters such as 'Ġ', which are to stay legible.
    private static readonly JsonSerializerOptions Legible = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Number of ids that are neither bytes nor merges.</summary>
    public static int SpecialCount => Special.Length;

    /// <summary>Id of a special token.</summary>
    public static int IdOf(string token) => Array.IndexOf(Special, token);

    /// <summary>Writes both files.</summary>
    /// <param name="directory">An existing directory.</param>
    /// <param name="merges">Merges in the order in which they are applied.</param>
    public static void Write(string directory, IReadOnlyList<(string Left, string Right)> merges)
    {
        File.WriteAllText(Path.Combine(directory, "tokenizer.json"), Tokenizer(merges).ToJsonString(Legible) + "\n");
        File.WriteAllText(Path.Combine(directory, "tokenizer_config.json"), Settings().ToJsonString(Legible) + "\n");
    }

    private static JsonObject Tokenizer(IReadOnlyList<(string Left, string Right)> merges) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = new JsonArray([.. Special.Select(AddedToken)]),
        ["normalizer"] = null,
        ["pre_tokenizer"] = ByteLevel(),
        ["post_processor"] = BosFirst(),
        ["decoder"] = ByteLevel(),
        ["model"] = Model(merges),
    };

    private static JsonObject Model(IReadOnlyList<(string Left, string Right)> merges)
    {
        IEnumerable<string> tokens = [.. Special, .. ByteAlphabet.Characters.Select(c => c.ToString()), .. merges.Select(pair => pair.Left + pair.Right)];
        var vocabulary = new JsonObject();
        foreach ((int id, string token) in tokens.Index())
        {
            vocabulary.Add(token, id);
        }

        return new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = null,
            ["continuing_subword_prefix"] = null,
            ["end_of_word_suffix"] = null,
            ["fuse_unk"] = false,
            ["byte_fallback"] = false,
            ["vocab"] = vocabulary,
            ["merges"] = new JsonArray([.. merges.Select(pair => JsonValue.Create($"{pair.Left} {pair.Right}"))]),
        };
    }

    private static JsonNode AddedToken(string content, int id) => new JsonObject
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };

    private static JsonObject ByteLevel() => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = false,
        ["trim_offsets"] = true,
        ["use_regex"] = true,
    };

    private static JsonObject BosFirst() => new()
    {
        ["type"] = "TemplateProcessing",
        ["single"] = new JsonArray(SpecialPiece(0), Sequence("A", 0)),
        ["pair"] = new JsonArray(SpecialPiece(0), Sequence("A", 0), SpecialPiece(1), Sequence("B", 1)),
        ["special_tokens"] = new JsonObject
        {
            [Bos] = new JsonObject { ["id"] = Bos, ["ids"] = new JsonArray(IdOf(Bos)), ["tokens"] = new JsonArray(Bos) },
        },
    };

    private static JsonObject SpecialPiece(int type) => new() { ["SpecialToken"] = new JsonObject { ["id"] = Bos, ["type_id"] = type } };

    private static JsonObject Sequence(string id, int type) => new() { ["Sequence"] = new JsonObject { ["id"] = id, ["type_id"] = type } };

    private static JsonObject Settings() => new()
    {
        ["tokenizer_class"] = "PreTrainedTokenizerFast",
        ["bos_token"] = Bos,
        ["eos_token"] = Eos,
        ["pad_token"] = Pad,
        ["chat_template"] = ChatTemplate,
        ["model_max_length"] = BaseModel.MaxPositions,
        ["clean_up_tokenization_spaces"] = false,
    };
}
