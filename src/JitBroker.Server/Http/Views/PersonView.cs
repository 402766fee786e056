using JitBroker.Client;
using JitBroker.People;

namespace JitBroker.Server.Http.Views;

internal static class PersonView
{
    /// <summary>Also of those who left the catalog: by their e-mail.</summary>
    public static PersonResource Of(string email, PeopleDirectory directory) => new(email, directory.Find(email)?.Name ?? email);

    public static PersonResource Of(Person person) => new(person.Email, person.Name);
}
