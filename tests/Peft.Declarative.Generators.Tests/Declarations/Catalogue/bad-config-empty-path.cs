// expect: PEFT003 at ""
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)] [BaseConfig("")]
public sealed partial class Persona : LlamaForCausalLM;
