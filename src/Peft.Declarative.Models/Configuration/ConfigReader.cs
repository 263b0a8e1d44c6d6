using System.Globalization;
using System.Text.Json.Nodes;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Models;

/// <summary>Reads config.json and collects all problems for one message.</summary>
internal sealed class ConfigReader
{
    private readonly string _path;
    private readonly JsonObject _json;
    private readonly List<string> _problems = [];
    private bool _numberIsWrong;

    private ConfigReader(string path, JsonObject json)
    {
        _path = path;
        _json = json;
    }

    internal static ConfigReader Open(string directory)
    {
        string path = Path.Combine(directory, "config.json");
        if (!File.Exists(path) && MistakenDirectory.ForModel(directory) is { } remark)
        {
            throw new PeftException(RuleIds.ConfigurationUnreadable, $"The file '{path}' does not exist. {remark}");
        }

        return new ConfigReader(path, JsonFile.ReadObject(path));
    }

    internal JsonNode? this[string field] => _json[field];

    /// <summary>The <c>model_type</c>, which must be one of <paramref name="known"/>.</summary>
    internal string ModelType(params string[] known)
    {
        string type = Text("model_type") ?? "";
        Require(known.Contains(type), $"'model_type' is '{UntrustedText.Shown(type)}', but this class reads {string.Join(", ", known)}");
        return type;
    }

    internal int Size(string field, int? fallback = null, int most = 1 << 24)
    {
        bool stated = _json[field] is not null;
        int? size = Whole(field) ?? (stated ? null : fallback);
        if (size is > 0 && size <= most)
        {
            return size.Value;
        }

        // Whole has said what is wrong with a value that is no number, and what follows from a wrong number is no problem of its own.
        if (stated ? size is not null : fallback is null || !_numberIsWrong)
        {
            RequireNumber(false, $"'{field}' is {size?.ToString(CultureInfo.InvariantCulture) ?? "missing"}, but should be from 1 to {most}");
        }

        return 1;
    }

    internal double Number(string field, double fallback) => Number(_json, field) ?? fallback;

    internal double? Number(JsonObject settings, string field) => Read(settings, field, node => JsonScalar.Number(node), "a number");

    internal int? Whole(string field) => Read(_json, field, node => JsonScalar.Whole(node), "a whole number");

    internal string? Text(string field) => Text(_json, field);

    internal string? Text(JsonObject settings, string field)
    {
        string? text = JsonScalar.Text(settings[field]);
        RequireKind(text is not null, settings, field, "a text");
        return text;
    }

    internal bool Flag(string field, bool fallback) => Read(_json, field, JsonScalar.Flag, "true or false") ?? fallback;

    /// <summary>Reads an id; -1 means none.</summary>
    internal int? OptionalId(string field) => Whole(field) is >= 0 and var id ? id : null;

    /// <summary>Reads one id or a list of ids. A list can contain -1, which means none.</summary>
    internal IReadOnlyList<int> Ids(string field)
    {
        int?[] ids = _json[field] switch
        {
            null => [],
            JsonArray list => [.. list.Select(JsonScalar.Whole)],
            var single => [JsonScalar.Whole(single)],
        };
        RequireKind(!ids.Contains(null), _json, field, "a token id or a list of them");
        return [.. ids.OfType<int>().Where(id => id >= 0)];
    }

    /// <summary>Requires a setting that changes the result to have an implemented value.</summary>
    internal void Only(string field, string fallback, params string[] implemented)
    {
        string value = Text(field) ?? fallback;
        Require(implemented.Contains(value), $"'{field}' is '{UntrustedText.Shown(value)}', but only {string.Join(", ", implemented)} is implemented");
    }

    /// <summary>Requires a number that others are compared with.</summary>
    internal void RequireNumber(bool holds, string problem)
    {
        Require(holds, problem);
        _numberIsWrong |= !holds;
    }

    /// <summary>Requires numbers to fit together, unless one of them is wrong by itself.</summary>
    internal void RequireTogether(bool hold, string problem) => Require(hold || _numberIsWrong, problem);

    internal void Require(bool holds, string problem)
    {
        if (!holds)
        {
            _problems.Add(problem);
        }
    }

    internal void ThrowIfWrong()
    {
        string? quantization = QuantizationJson.Problem(_json[QuantizationJson.Field]);
        Require(quantization is null, quantization ?? "");
        if (_problems.Count > 0)
        {
            throw new PeftException(RuleIds.ModelConfigUnsupported,
                $"'{_path}' describes a model that is not supported: {ProblemList.Of(_problems)}. Use a supported checkpoint, or correct the file.");
        }
    }

    private T? Read<T>(JsonObject settings, string field, Func<JsonNode?, T?> read, string kind)
        where T : struct
    {
        T? value = read(settings[field]);
        RequireKind(value is not null, settings, field, kind);
        return value;
    }

    // A value that is missing or null has its default.
    private void RequireKind(bool holds, JsonObject settings, string field, string kind) =>
        RequireNumber(holds || settings[field] is null, $"'{field}' is {JsonScalar.Shown(settings[field])}, but should be {kind}");
}
