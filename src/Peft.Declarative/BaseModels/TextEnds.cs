using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative;

/// <summary>
/// The tokens that end a text of a model. Three files name them: generation_config.json, config.json and tokenizer_config.json. Training, generation and chats
/// all ask this type, so that what is learned as an end is an end.
/// </summary>
/// <example>
/// <code>
/// TextEnds ends = TextEnds.Of(model, tokenizer);
/// Console.WriteLine($"generation stops at {string.Join(", ", ends.StopIds)}; training teaches {ends.TaughtId}");
/// </code>
/// </example>
public sealed record TextEnds
{
    private const string GenerationFile = "generation_config.json";

    /// <summary>
    /// The ids at which generation stops: those of generation_config.json, or those of config.json if that file names none, the tokenizer's own, and the one
    /// with which its chat template ends a turn. Empty if no file names one.
    /// </summary>
    public IReadOnlyList<int> StopIds { get; private init; } = [];

    /// <summary>
    /// The id that training puts after a text: the tokenizer's if the model's files name it too, otherwise the first that they name.
    /// <see langword="null"/> if no file names one.
    /// </summary>
    public int? TaughtId { get; private init; }

    /// <summary>The id that fills shorter rows: the model's, otherwise the tokenizer's. <see langword="null"/> if no file names one.</summary>
    public int? PadId { get; private init; }

    /// <summary>What the files say differently, and what follows from it. <see langword="null"/> if they agree.</summary>
    public string? Conflict { get; private init; }

    /// <summary>Reads what ends a text of a model.</summary>
    /// <param name="model">The model, whose directory is looked up for generation_config.json.</param>
    /// <param name="tokenizer">Its tokenizer; <see langword="null"/> (the default) if only the model's files count.</param>
    /// <exception cref="PeftException">PEFT802: generation_config.json names an end that is no id. PEFT504: the file is not JSON.</exception>
    public static TextEnds Of(PretrainedModel model, ITokenizer? tokenizer = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        int vocabulary = model.Config.VocabularySize;
        int[] config = [.. model.Config.EosTokenIds.Where(Known).Distinct()];
        int[] generation = [.. FromGenerationFile(model.Directory).Where(Known).Distinct()];
        int[] stops = generation.Length > 0 ? generation : config;
        int? own = tokenizer?.EosId is { } id && Known(id) ? id : null;
        int? turn = tokenizer is Tokenizer { ChatTemplate: not null } templated && TurnEnd(templated) is { } closing && Known(closing) ? closing : null;
        int?[] further = [own, turn];
        return new TextEnds
        {
            StopIds = [.. stops.Union(further.OfType<int>())],
            TaughtId = own is { } known && (stops.Length == 0 || stops.Contains(known)) ? known : stops.Cast<int?>().FirstOrDefault(),
            PadId = model.Config.PadTokenId ?? (tokenizer?.PadId is { } pad && Known(pad) ? pad : null),
            Conflict = Difference(config, generation, stops, own, turn, tokenizer),
        };

        bool Known(int token) => token >= 0 && token < vocabulary;
    }

    private static string? Difference(int[] config, int[] generation, int[] stops, int? own, int? turn, ITokenizer? tokenizer)
    {
        if (own is { } end && stops.Length > 0 && !stops.Contains(end))
        {
            string file = generation.Length > 0 ? GenerationFile : "config.json";
            return $"The tokenizer ends texts with {Shown(end, tokenizer)}, but {file} names {Shown(stops, tokenizer)}. Generation stops at each of them, and training "
                + $"teaches {Shown(stops[0], tokenizer)}, at which other programs stop too. Name {Shown(end, tokenizer)} in {file} if it is meant.";
        }

        if (turn is { } closing && stops.Length > 0 && !stops.Contains(closing))
        {
            return $"The chat template ends turns with {Shown(closing, tokenizer)}, which the model's files do not name as an end: they name {Shown(stops, tokenizer)}. Generation "
                + "stops at each of them; other programs go on unless generation_config.json names it.";
        }

        return generation.Length > 0 && config.Except(generation).ToArray() is { Length: > 0 } left
            ? $"config.json ends texts with {Shown(left, tokenizer)}, which {GenerationFile} does not name. Generation stops at {Shown(generation, tokenizer)} only, as in other programs."
            : null;
    }

    private static int? TurnEnd(Tokenizer tokenizer)
    {
        try
        {
            return ChatFormat.For(tokenizer).TurnEnd;
        }
        catch (PeftException)
        {
            return null;   // a template that cannot be read is told where it is used
        }
    }

    private static string Shown(int[] ids, ITokenizer? tokenizer) => string.Join(", ", ids.Select(id => Shown(id, tokenizer)));

    private static string Shown(int id, ITokenizer? tokenizer) =>
        tokenizer?.Decode([id], skipSpecialTokens: false) is { Length: > 0 } text ? $"'{UntrustedText.Shown(text)}' ({id})" : $"{id}";

    private static IEnumerable<int> FromGenerationFile(string? directory)
    {
        string path = Path.Combine(directory ?? "", GenerationFile);
        if (directory is null || !File.Exists(path))
        {
            return [];
        }

        JsonNode? field = JsonFile.ReadObject(path)["eos_token_id"];
        int?[] ids = field switch
        {
            null => [],
            JsonArray list => [.. list.Select(JsonScalar.Whole)],
            _ => [JsonScalar.Whole(field)],
        };
        return !ids.Contains(null) ? ids.OfType<int>() : throw new PeftException(RuleIds.GenerationConfigUnreadable,
            $"'{path}' holds values of the wrong kind: 'eos_token_id' is {JsonScalar.Shown(field)}. Correct them or delete the file.");
    }
}
