namespace FirstAdapter.World;

/// <summary>Something that can be asked about every member of a kind, such as the river of a town.</summary>
/// <param name="Subject">Noun phrase with <c>{0}</c> for the member: <c>the river of {0}</c>.</param>
/// <param name="Wordings">Ways to ask, each with <c>{0}</c> for the member.</param>
/// <param name="Values">Possible answers, each a phrase that fits behind "is".</param>
public sealed record Topic(string Subject, string[] Wordings, string[] Values);
