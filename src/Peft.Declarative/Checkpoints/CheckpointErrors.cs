namespace Peft.Declarative.Checkpoints;

/// <summary>Errors that several readers and writers of this folder share, each in one wording.</summary>
internal static class CheckpointErrors
{
    /// <summary>A file could not be written; what was there before is untouched.</summary>
    internal const string Write = "PEFT502";

    /// <summary>A model, one of its files, or one of its tensors is not there or cannot be read.</summary>
    internal const string Model = "PEFT503";

    /// <summary>A JSON file or an adapter directory cannot be read.</summary>
    internal const string Adapter = "PEFT504";

    internal static PeftException Unreadable(string path, Exception error, string id = Model)
    {
        string problem = error switch
        {
            FileNotFoundException or DirectoryNotFoundException => "does not exist. Check the path.",
            UnauthorizedAccessException when Directory.Exists(path) => "is a directory, not a file. Name the file itself.",
            UnauthorizedAccessException => "may not be read by this user. Change its permissions.",
            _ => $"cannot be read: {error.Message.TrimEnd('.')}.",
        };
        return new PeftException(id, $"The file '{path}' {problem}", error);
    }

    internal static PeftException MissingTensor(string path, string name, IReadOnlyList<string> names)
    {
        string there = names.Count == 0 ? "It holds no tensors." : $"It holds {names.Count:N0}: {ProblemList.Of([.. names.Select(UntrustedText.Shown)])}.";
        return new PeftException(Model, $"'{path}' has no tensor '{UntrustedText.Shown(name)}'. {there}");
    }

    internal static PeftException PickleOnly(string directory, string pickle, string wanted, string id) => new(id,
        $"'{directory}' holds its weights only as '{pickle}', a pickle. Opening one can run any program, so that is never done here. "
        + $"Convert it once with the converter of the safetensors project (bindings/python/convert.py) and put '{wanted}' into the directory.");
}
