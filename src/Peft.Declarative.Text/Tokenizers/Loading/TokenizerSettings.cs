using System.Text.Json;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Text.Tokenizers.Loading;

/// <summary>The files beside <c>tokenizer.json</c>: roles of tokens, and the chat templates.</summary>
internal sealed class TokenizerSettings
{
    /// <summary>Name of the template that is used by default.</summary>
    internal const string DefaultTemplate = "default";

    private const string ConfigFile = "tokenizer_config.json";
    private const long GreatestTemplateBytes = 1 << 20;

    private TokenizerSettings(JsonSection config, JsonSection roles, Dictionary<string, string> templates)
    {
        Special = new SpecialTokens(
            Role(config, roles, "bos_token"),
            Role(config, roles, "eos_token"),
            Role(config, roles, "pad_token"),
            Role(config, roles, "unk_token"));
        AddBos = config["add_bos_token"].IsNull ? null : config.Flag("add_bos_token", otherwise: true);
        AddEos = config["add_eos_token"].IsNull ? null : config.Flag("add_eos_token", otherwise: false);
        Class = config["tokenizer_class"].IsText ? config.Text("tokenizer_class") : null;
        PaddingOnLeft = config["padding_side"].IsText && config.Text("padding_side") == "left";
        Templates = templates;
    }

    internal SpecialTokens Special { get; }

    internal bool? AddBos { get; }

    internal bool? AddEos { get; }

    /// <summary>Python class that the files were written for.</summary>
    internal string? Class { get; }

    internal bool PaddingOnLeft { get; }

    /// <summary>Chat template sources by name.</summary>
    internal IReadOnlyDictionary<string, string> Templates { get; }

    /// <summary>Reads what there is in a folder; none of the files has to exist.</summary>
    internal static TokenizerSettings Read(string folder)
    {
        using JsonDocument? config = OpenIfThere(Path.Combine(folder, ConfigFile));
        using JsonDocument? roles = OpenIfThere(Path.Combine(folder, "special_tokens_map.json"));
        var section = new JsonSection(config?.RootElement ?? default, ConfigFile, "");
        var templates = new Dictionary<string, string>(StringComparer.Ordinal);
        AddFromConfig(section["chat_template"], templates);
        AddFromFiles(folder, templates);
        return new TokenizerSettings(section, new JsonSection(roles?.RootElement ?? default, "special_tokens_map.json", ""), templates);
    }

    private static JsonDocument? OpenIfThere(string path) => File.Exists(path) ? JsonFile.Open(path, TokenizerParts.MaxFileLength, RuleIds.TokenizerUnusable) : null;

    // A role is a text, or an added token written as an object. The configuration has precedence, as in transformers.
    private static string? Role(JsonSection config, JsonSection roles, string key) => Content(config[key]) ?? Content(roles[key]);

    private static string? Content(JsonSection section) => section.IsText ? section.AsText() : section.TextOrNull("content");

    private static void AddFromConfig(JsonSection section, Dictionary<string, string> templates)
    {
        if (section.IsText)
        {
            templates[DefaultTemplate] = section.AsText();
        }
        else if (!section.IsNull)
        {
            foreach (JsonSection named in section.Items())
            {
                templates[named.Text("name")] = named.Text("template");
            }
        }
    }

    // Newer folders keep templates in files of their own, which have precedence over the configuration.
    private static void AddFromFiles(string folder, Dictionary<string, string> templates)
    {
        string single = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(single))
        {
            templates[DefaultTemplate] = ReadTemplate(single);
        }

        string several = Path.Combine(folder, "additional_chat_templates");
        if (Directory.Exists(several))
        {
            foreach (string path in Directory.EnumerateFiles(several, "*.jinja").Order(StringComparer.Ordinal))
            {
                templates[Path.GetFileNameWithoutExtension(path)] = ReadTemplate(path);
            }
        }
    }

    private static string ReadTemplate(string path)
    {
        try
        {
            using FileStream file = RegularFile.Open(path);
            using var reader = new StreamReader(file);
            return file.Length <= GreatestTemplateBytes
                ? reader.ReadToEnd()
                : throw TokenizerProblem.In(Path.GetFileName(path), "", FormattableString.Invariant($"has {file.Length:N0} bytes; a template may have {GreatestTemplateBytes:N0}."));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw TokenizerProblem.In(path, "", $"cannot be read: {unreadable.Message}", unreadable);
        }
    }
}
