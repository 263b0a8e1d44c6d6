using System.Text.Json.Nodes;
using System.Text.Json;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Errors;
using Peft.Declarative.Quantization;

namespace Peft.Declarative.Models;

/// <summary>Reads config.json. All that is wrong with it is told at once, with the file's own names.</summary>
internal sealed class ConfigReader
{
    private readonly string _path;
    private readonly JsonObject _json;
    private readonly List<string> _problems = [];

    private ConfigReader(string path, JsonObject json)
    {
        _path = path;
        _json = json;
    }

    internal static ConfigReader Open(string directory)
    {
        string path = Path.Combine(directory, "config.json");
        return new ConfigReader(path, JsonFile.ReadObject(path));
    }

    internal JsonNode? this[string field] => _json[field];

    /// <summary>The family, which must be one of those given.</summary>
    internal string ModelType(params string[] known)
    {
        string type = Value<string>("model_type") ?? "";
        Require(known.Contains(type), $"'model_type' is '{type}', but this class reads {string.Join(", ", known)}");
        return type;
    }

    internal int Size(string field, int? fallback = null, int most = 1 << 24)
    {
        int? size = Value<int?>(field) ?? fallback;
        Require(size is > 0 && size <= most, $"'{field}' is {size?.ToString() ?? "missing"}, but should be from 1 to {most}");
        return size is > 0 && size <= most ? size.Value : 1;
    }

    internal double Number(string field, double fallback) => Value<double?>(field) ?? fallback;

    internal bool Flag(string field, bool fallback) => Value<bool?>(field) ?? fallback;

    internal int? OptionalId(string field) => Value<int?>(field);

    /// <summary>One id or a list of them.</summary>
    internal IReadOnlyList<int> Ids(string field) => _json[field] switch
    {
        null => [],
        JsonArray list => [.. list.Select(item => item?.GetValueKind() == JsonValueKind.Number ? item.GetValue<int>() : -1).Where(id => id >= 0)],
        _ => Value<int?>(field) is { } id ? [id] : [],
    };

    /// <summary>A setting that changes the result must have a value that is implemented; it is never passed over.</summary>
    internal void Only(string field, string fallback, params string[] implemented)
    {
        string value = Value<string>(field) ?? fallback;
        Require(implemented.Contains(value), $"'{field}' is '{value}', but only {string.Join(", ", implemented)} is implemented");
    }

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
                $"'{_path}' describes a model that cannot be built here: {string.Join("; ", _problems)}. Use a supported checkpoint, or correct the file.");
        }
    }

    internal T? Value<T>(string field)
    {
        if (_json[field] is not { } node)
        {
            return default;
        }

        try
        {
            return node.Deserialize<T>();
        }
        catch (JsonException)
        {
            _problems.Add($"'{field}' is {node.ToJsonString()}, which is of the wrong kind");
            return default;
        }
    }
}
