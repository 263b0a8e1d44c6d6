namespace Peft.Declarative.Text.Errors;

/// <content>1xx: which layers are adapted.</content>
internal static partial class RuleTexts
{
    internal static string TargetNotFound(string model, string method, string typed, IReadOnlyList<string> near, IEnumerable<string> existing)
    {
        string meant = near.Count > 0 ? $" Did you mean {Quoted(near, "or")}?" : "";
        return $"'{model}' has no layer named '{typed}' for [{method}].{meant} Its layers are {Names(existing)}.";
    }

    internal static string PatternFindsNothing(string model, string method, string argument, string pattern, string examplePath) =>
        $"No layer of '{model}' fits the {argument} '{pattern}' of [{method}]. It must match the whole path of a layer, such as '{examplePath}'; '.*\\.' at its beginning leaves the blocks open.";

    internal static string SealedField(string field, string type, string method) =>
        $"Field '{field}' has the sealed type '{type}' and cannot hold the layer that [{method}] puts there. Declare it as 'Module<Tensor, Tensor>'.";

    internal static string NotReplaceable(string member, string type, string method) =>
        $"'{member}' has the type '{type}' and cannot hold the layer that [{method}] puts there. Declare it as 'Module<Tensor, Tensor>'.";

    internal static string ReadOnlyField(string field, string method) =>
        $"Field '{field}' is readonly and cannot be given the layer that [{method}] puts there. Remove 'readonly'.";

    internal static string StaticMember(string member, string method) =>
        $"'{member}' is static, so it is no layer of one model, and [{method}] has nothing to adapt there. Remove 'static'.";

    internal static string NoLayer(string member, string type, string method) =>
        $"'{member}' has the type '{type}', which is no layer, so [{method}] has nothing to adapt there. Move [{method}] to a member of type 'Module<Tensor, Tensor>', or remove it.";

    internal static string NothingAdapted(string model, string method, IReadOnlyList<string> matches, int count, string cause, string remedy)
    {
        string which = count switch { 1 => "the match", 2 => "both matches", _ => $"all {Count(count)} matches" };
        string verb = count == 1 ? "is" : "are";
        return $"[{method}] on '{model}' adapts no layer: {which} ({Names(matches)}) {verb} {cause}. Training would change no weight. {remedy}";
    }

    internal static string NoTargets(string model, string method, IEnumerable<string> existing) =>
        $"[{method}] on '{model}' names no layer to adapt, and '{model}' has no usual ones. Training would change no weight. Set Targets; the layers are {Names(existing)}.";

    internal static string TargetsFindNothing(string model, string method, IEnumerable<string> targets, IEnumerable<string> existing) =>
        $"[{method}] on '{model}' adapts no layer: nothing fits its targets ({Names(targets)}). Training would change no weight. The layers are {Names(existing)}.";

    internal static string NoBiases(string model, string method, IEnumerable<string> layers) =>
        $"[{method}] on '{model}' trains biases, but none of {Names(layers)} has one. Training would change no weight. Take a model with biases (GPT-2, BERT, Qwen 2), or another method.";

    internal static string TooManyLastBlocks(string model, string method, int wanted, string list, int existing) =>
        $"[{method}] on '{model}' trains the last {wanted} blocks, but '{list}' has {existing}. Take at most {existing}.";

    internal static string NoLayers(string model, string method) =>
        $"[{method}] on '{model}' adapts no layer: '{model}' has none that could hold an adapter. Declare its layers as fields of type 'Module<Tensor, Tensor>'.";

    internal static string SlotOutOfReach(string model, string path, string method, string reason, string remedy) =>
        $"[{method}] on '{model}' adapts '{path}', which generated code cannot reach: {reason}. {remedy}";

    internal static string LayerOutOfRange(string model, string method, int index, int first, int last) =>
        $"[{method}] on '{model}' names layer {index}, but the matching layers are numbered {first} to {last}. Take indices in that range.";

    internal static string LayersWithoutBlocks(string model, string method, int index) =>
        $"[{method}] on '{model}' names layer {index}, but no matching layer is in a numbered block. Remove Layers, or name the list of blocks in LayersPattern.";

    internal static string ListNotFound(string model, string method, string typed) =>
        $"[{method}] on '{model}' counts the blocks of '{typed}', but no matching layer is in a list of that name. Name the list that they are in, or remove LayersPattern.";

    internal static string PatternKeyUnmatched(string model, string method, string argument, string key, IReadOnlyList<string> near, IEnumerable<string> adapted)
    {
        string meant = near.Count > 0 ? $" Did you mean {Quoted(near, "or")}?" : "";
        return $"The key '{key}' in {argument} of [{method}] on '{model}' fits no adapted layer and would have no effect.{meant} Adapted are {Names(adapted)}.";
    }

    internal static string KindNotAdaptable(string model, string method, string name, string kind) =>
        $"[{method}] cannot adapt '{name}' of '{model}', which is {kind}. Name it in ModulesToSave to train it in full, or remove it from the targets.";

    internal static string LayerNotAdaptable(string part, string adapter, string kind) =>
        $"{part} of the adapter '{adapter}' cannot adapt a layer which is {kind}. Name it in ModulesToSave to train it in full, or remove it from the targets.";

    internal static string BadExpression(string argument, string method, string expression, string reason) =>
        $"The expression '{expression}' in {argument} of [{method}] cannot be used: {reason}.";

    internal static string SelectorsClash(string method, string first, string second) =>
        $"[{method}] sets both {first} and {second}, of which only one can select. Keep one.";

    internal static string LayersNeedList(string method) =>
        $"[{method}] sets Layers with TargetPattern, which already decides on whole paths. Put the block numbers into the pattern, or set Targets instead of TargetPattern.";

    internal static string LayersPatternAlone(string method) =>
        $"[{method}] sets LayersPattern without Layers, so there is nothing to count. Set Layers, or remove LayersPattern.";
}
