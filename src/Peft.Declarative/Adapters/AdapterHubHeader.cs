using System.Text.Json.Nodes;
using Peft.Declarative.Slots;

namespace Peft.Declarative.Adapters;

/// <summary>What an AdapterHub directory says of an adapter beside the settings of its method.</summary>
/// <param name="Name">The adapter's name in the file's keys, which need not be its name here.</param>
internal sealed record AdapterHubHeader(string Name)
{
    /// <summary>Version of the library whose files are written.</summary>
    private const string Version = "adapters.1.1.0";

    private JsonObject Model { get; init; } = [];

    internal static AdapterHubHeader Read(ConfigJson file) => new(file.Text("name") is { Length: > 0 } name ? name
        : throw file.Wrong("name", "the name of the adapter, which stands in the keys of its tensors"));

    /// <summary>The header of an adapter that was declared.</summary>
    internal static AdapterHubHeader Of(Adapter adapter, IBaseModel model) => new(adapter.Name)
    {
        Model = new JsonObject
        {
            ["hidden_size"] = model.HiddenSize,
            ["model_class"] = FamilyOf(model.GetType()).Name,
            ["model_name"] = model.Directory,
            ["model_type"] = model.ModelType,
        },
    };

    /// <summary>A configuration file around the settings of a method.</summary>
    internal JsonObject Around(JsonObject? settings)
    {
        JsonObject file = Model.DeepClone().AsObject();
        file["config"] = settings;
        file["name"] = Name;
        file["version"] = Version;
        return file;
    }

    // A declared class derives from a family, which is the one that other readers know.
    private static Type FamilyOf(Type type) => type.BaseType is { IsAbstract: false } parent && parent != typeof(object) && type.IsSealed ? FamilyOf(parent) : type;
}
