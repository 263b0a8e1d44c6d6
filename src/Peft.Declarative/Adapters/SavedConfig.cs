using System.Text;
using System.Text.Json.Nodes;

namespace Peft.Declarative.Adapters;

/// <summary>
/// The file from which a config was read, as text. It is needed again only when the adapter is saved, and parsed it takes eight times as much memory, which
/// counts where hundreds of adapters are at hand.
/// </summary>
internal sealed class SavedConfig
{
    private readonly byte[] _text;

    private SavedConfig(byte[] text) => _text = text;

    internal static SavedConfig Of(JsonObject json) => new(Encoding.UTF8.GetBytes(json.ToJsonString()));

    /// <summary>The fields, in an object of their own.</summary>
    internal JsonObject Parse() => JsonNode.Parse(_text)!.AsObject();
}
