import { redirect } from "next/navigation";

/** Users are all that is administered so far. */
export default function AdministrationPage(): never {
  redirect("/administration/users");
}
