namespace Peft.Declarative;

/// <summary>The kind of rows that an adapter was trained on.</summary>
public enum DataRowKind
{
    /// <summary>Running text.</summary>
    Text,

    /// <summary>Prompts and completions.</summary>
    Prompts,

    /// <summary>Conversations, written by a chat template.</summary>
    Chat,
}

/// <summary>
/// The form of the rows that an adapter was trained on. A model answers as it was taught only if it is asked in the same form, so the form is saved with the
/// adapter's provenance.
/// </summary>
/// <param name="Kind">The kind of the rows.</param>
/// <param name="PromptPrefix">The label or markup that every prompt begins with, such as <c>Q: </c>; empty if there is none.</param>
/// <param name="PromptSuffix">The label, markup or white space that every prompt ends with, such as a line break and <c>A:</c>; empty if there is none.</param>
public sealed record DataForm(DataRowKind Kind, string PromptPrefix = "", string PromptSuffix = "")
{
    private const int LongestSeparator = 200;
    private const string KindKey = "provenance.data";
    private const string StartKey = "provenance.prompt_prefix";
    private const string EndKey = "provenance.prompt_suffix";

    /// <summary>The entries for the header of a safetensors file.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Metadata =>
    [
        KeyValuePair.Create(KindKey, Kind switch { DataRowKind.Chat => "chat", DataRowKind.Prompts => "prompts", _ => "text" }),
        .. PromptPrefix.Length == 0 ? Array.Empty<KeyValuePair<string, string>>() : [KeyValuePair.Create(StartKey, PromptPrefix)],
        .. PromptSuffix.Length == 0 ? Array.Empty<KeyValuePair<string, string>>() : [KeyValuePair.Create(EndKey, PromptSuffix)],
    ];

    /// <summary>Reads the form from the header of a file; <see langword="null"/> if the header contains none, or one that this version does not know.</summary>
    internal static DataForm? Read(IReadOnlyDictionary<string, string> metadata)
    {
        DataRowKind? kind = metadata.GetValueOrDefault(KindKey) switch
        {
            "chat" => DataRowKind.Chat,
            "prompts" => DataRowKind.Prompts,
            "text" => DataRowKind.Text,
            _ => null,
        };
        return kind is { } known ? new DataForm(known, Separator(StartKey), Separator(EndKey)) : null;

        string Separator(string key) => metadata.GetValueOrDefault(key) is { Length: <= LongestSeparator } text ? text : "";
    }
}
