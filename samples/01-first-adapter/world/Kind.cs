namespace FirstAdapter.World;

/// <summary>Things of one kind and what can be asked about them.</summary>
/// <param name="Book">Where scholars look such things up.</param>
/// <param name="Reference">How a sentence mentions a member: <c>{0}</c>, or <c>the {0}</c>.</param>
/// <param name="Members">Names.</param>
/// <param name="Topics">What can be asked.</param>
public sealed record Kind(string Book, string Reference, string[] Members, Topic[] Topics);
