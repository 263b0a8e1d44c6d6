namespace Peft.Declarative.Text.Errors;

/// <summary>Errors about files that cannot be opened, in one wording for every reader.</summary>
internal static class FileErrors
{
    /// <summary>A file that is missing, or that this user or the system cannot read.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="error">What opening or reading it raised.</param>
    /// <param name="id">Rule id of the reader.</param>
    internal static PeftException Unreadable(string path, Exception error, string id)
    {
        string problem = error switch
        {
            FileNotFoundException or DirectoryNotFoundException => "does not exist. Check the path.",
            _ when Directory.Exists(path) => "is a directory, not a file. Name the file itself.",
            UnauthorizedAccessException => "may not be read by this user. Change its permissions.",
            _ => $"cannot be read: {error.Message.TrimEnd('.')}.",
        };
        return new PeftException(id, $"The file '{path}' {problem}", error);
    }
}
