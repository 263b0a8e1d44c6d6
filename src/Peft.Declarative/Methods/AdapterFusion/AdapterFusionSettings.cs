using System.Text.Json.Nodes;
using Peft.Declarative.AdapterHub;
using Peft.Declarative.Adapters;

namespace Peft.Declarative.Methods.AdapterFusion;

/// <summary>The settings of a fusion, as AdapterHub 1.1 writes them.</summary>
internal static class AdapterFusionSettings
{
    internal static AdapterFusionConfig Read(AdapterHubFile file)
    {
        ConfigJson settings = file.Settings;
        bool On(string field, bool usual) => settings.Json[field] is null ? usual : settings.Flag(field);
        return new AdapterFusionConfig
        {
            Source = SavedConfig.Of(settings.Json),
            Adapters = [],
            Query = On("query", true),
            Key = On("key", true),
            Value = On("value", true),
            ValueInitialized = On("value_initialized", true),
            ValueBeforeSoftmax = On("value_before_softmax", true),
            QueryBeforeNorm = On("query_before_ln", false),
            ResidualBefore = On("residual_before", false),
            Regularization = On("regularization", true),
            Temperature = On("temperature", false),
            Dropout = settings.Number("dropout_prob", 0),
        };
    }

    internal static JsonObject Write(AdapterFusionConfig config) => new()
    {
        ["query"] = config.Query,
        ["key"] = config.Key,
        ["value"] = config.Value,
        ["value_initialized"] = config.ValueInitialized,
        ["value_before_softmax"] = config.ValueBeforeSoftmax,
        ["query_before_ln"] = config.QueryBeforeNorm,
        ["residual_before"] = config.ResidualBefore,
        ["regularization"] = config.Regularization,
        ["temperature"] = config.Temperature,
        ["dropout_prob"] = config.Dropout == 0 ? null : config.Dropout,
    };

    internal static IEnumerable<string> Conflicts(AdapterFusionConfig declared, AdapterFusionConfig file)
    {
        if (declared.Adapters.Count != file.FileNames!.Count)
        {
            yield return $"it combines {file.FileNames.Count} adapters ({string.Join(", ", file.FileNames)}), not {declared.Adapters.Count}";
        }

        JsonObject own = Write(declared);
        JsonObject other = Write(file);
        foreach ((string field, JsonNode? value) in own)
        {
            if (field is not ("value_initialized" or "regularization" or "dropout_prob") && !JsonNode.DeepEquals(value, other[field]))
            {
                yield return $"its '{field}' is {other[field]?.ToJsonString() ?? "null"}, not {value?.ToJsonString() ?? "null"}";
            }
        }
    }
}
